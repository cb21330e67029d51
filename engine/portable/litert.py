"""The network alone, for LiteRT (TensorFlow Lite): preprocessed features in, probabilities out.

Converted by TensorFlow's own converter, then run by its interpreter and compared.
"""

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from engine.client.exporting import ExportRequest
from engine.client.file_process import Written
from engine.exports.whole_file import write_whole
from engine.portable.kept import KeptRun
from engine.portable.target import refuse_existing
from engine.prediction.network import Numbers
from engine.store.store import Store


def write(store: Store, request: ExportRequest) -> Iterator[Written]:
    """Convert, compare, and only then put it where it is wanted.

    Raises EngineError where the converted network predicts otherwise.
    """
    refuse_existing(request)
    kept = KeptRun.load(store, request.run)
    yield Written(step="loading TensorFlow")
    body = converted(kept.artefacts["model.keras"])
    yield Written(step="comparing with the interpreter")
    x = kept.fitted.preprocessor.apply(kept.trial)[:]
    worst = kept.refuse_difference(
        interpreted(body, x), kept.fitted.network.of_array(x), "LiteRT network"
    )
    write_whole(request.target, body, request.force)
    yield Written(path=str(request.target), size=len(body), files=1)
    yield Written(note=f"LiteRT predicts {len(x):,} rows alike (within {worst:.0e}).")
    yield Written(
        note=f"It takes the {x.shape[1]} preprocessed features, in the order of preprocessing.json,"
        " and knows no decision rule."
    )


def converted(model: bytes) -> bytes:
    """A `.keras` file as the bytes of a `.tflite` file; loads TensorFlow."""
    import keras
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(model)
        network = keras.models.load_model(path, compile=False, safe_mode=True)
    # a concrete function of a network of Keras 3 is converted without its weights, and no error
    body: bytes = tf.lite.TFLiteConverter.from_keras_model(network).convert()
    return body


def interpreted(body: bytes, x: Numbers) -> Any:
    """What the interpreter says [rows, classes] of preprocessed features [rows, features]."""
    import tensorflow as tf

    with warnings.catch_warnings():
        # it will be a package of its own, whose format is the same
        warnings.filterwarnings("ignore", ".*tf.lite.Interpreter is deprecated", UserWarning)
        interpreter = tf.lite.Interpreter(model_content=body)
    (entry,), (end,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(entry["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(entry["index"], np.ascontiguousarray(x, np.float32))
    interpreter.invoke()
    return interpreter.get_tensor(end["index"])
