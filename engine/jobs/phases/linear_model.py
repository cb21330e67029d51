"""A linear classifier as a `.keras` file, written without Keras.

A baseline does not wait for TensorFlow. The file is Keras's format of version 3: a zip with the
configuration as JSON and the weights as HDF5, nothing pickled.
"""

import io
import json
import zipfile
from importlib import metadata
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def linear_model(coefficients: Numbers, intercepts: Numbers) -> bytes:
    """One softmax layer: `coefficients` [classes, features], `intercepts` [classes].

    Keras computes in single precision.
    """
    classes, features = coefficients.shape
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        variables = file.create_group("layers/dense/vars")
        variables["0"] = coefficients.T.astype(np.float32)
        variables["1"] = intercepts.astype(np.float32)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": metadata.version("keras")}))
        archive.writestr("config.json", json.dumps(_sequential(features, classes)))
        archive.writestr("model.weights.h5", weights.getvalue())
    return packed.getvalue()


def _sequential(features: int, classes: int) -> dict[str, Any]:
    shape = [None, features]
    inputs = {"batch_shape": shape, "dtype": "float32", "name": "features"}
    output = {"units": classes, "activation": "softmax", "dtype": "float32", "name": "output"}
    layers = [
        {"module": "keras.layers", "class_name": "InputLayer", "config": inputs},
        {
            "module": "keras.layers", "class_name": "Dense", "config": output,
            "build_config": {"input_shape": shape},
        },
    ]  # fmt: skip
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "logistic_regression", "layers": layers, "build_input_shape": shape},
        "build_config": {"input_shape": shape},
    }
