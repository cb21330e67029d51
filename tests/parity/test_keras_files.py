"""What we write as a `.keras` file is what Keras itself would have written."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from engine.keras_files.layers import layer_table
from engine.keras_files.network_file import linear_file, network_file
from engine.specs.activations import ACTIVATIONS, INITIALIZERS
from engine.specs.network import NetworkSpec
from engine.specs.optimizers import OPTIMIZERS
from engine.specs.schedules import SCHEDULES
from tests.support.later import Later
from tests.support.parity.keras_models import keras_model
from tests.support.parity.random_tables import CLASSES, FEATURES, same_bits, table

keras: Any = Later("keras")

SPECS = {
    **{f"optimizer {name}": {"optimizer": name} for name in OPTIMIZERS},
    **{f"{name}, momentum": {"optimizer": name, "momentum": 0.9} for name in ("sgd", "rmsprop")},
    **{f"schedule {s().name}": {"schedule": s().name} for s in SCHEDULES},
    **{f"activation {name}": {"activation": name} for name in ACTIVATIONS},
    **{f"initializer {name}": {"initializer": name, "seed": 3} for name in INITIALIZERS},
    "stairs": {"schedule": {"name": "exponential", "staircase": True}, "optimizer": "adamw"},
    "dropout": {"dropout": 0.3, "seed": 9},
    "dropout of some": {"dropout": [0.5, 0.0], "activation": "selu"},
    "penalties": {"kernel_l1": 0.01, "activity_l2": [0.0, 0.2], "kernel_l2": [0.0, 1.0]},
    "no hidden layer": {"hidden_layers": [], "optimizer": "rmsprop", "dropout": 0.5},
    "stack": {"hidden_layers": [12] * 7, "dropout": 0.1, "activity_l1": 0.1, "momentum": 0.5},
}


def contents(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The configuration, without what is Keras's memory, and the arrays of a `.keras` file."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        config = json.loads(archive.read("config.json"), object_hook=_without_addresses)
        weights = archive.read("model.weights.h5")
    arrays: dict[str, Any] = {}
    with h5py.File(io.BytesIO(weights)) as file:
        file.visititems(
            lambda name, own: arrays.update({name: own[()]} if hasattr(own, "shape") else {})
        )
    return config, arrays


def _without_addresses(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "shared_object_id"}


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("fields", SPECS.values(), ids=SPECS)
def test_a_network_is_written_as_keras_writes_it(fields: dict[str, Any], tmp_path: Path) -> None:
    spec = NetworkSpec.model_validate_json(json.dumps({"hidden_layers": [6, 300]} | fields))
    model = keras_model(spec, FEATURES, CLASSES)
    model.optimizer.build(model.trainable_variables)
    model.save(tmp_path / "theirs.keras")
    ours = network_file(spec, model.get_weights(), epochs=1)
    (tmp_path / "ours.keras").write_bytes(ours)
    config, arrays = contents(ours)
    wanted, theirs = contents((tmp_path / "theirs.keras").read_bytes())
    for own in (config, wanted):
        # Keras numbers the optimizers of a process
        own["compile_config"]["optimizer"]["config"].pop("name")
    assert config == wanted
    assert arrays.keys() == theirs.keys()
    for name, array in arrays.items():
        assert array.dtype == theirs[name].dtype
        assert np.array_equal(array, theirs[name]), name
    # a loaded one predicts and trains on as Keras's own
    loaded = keras.models.load_model(tmp_path / "ours.keras", safe_mode=True)
    assert same_bits(loaded.get_weights(), model.get_weights())
    assert type(loaded.optimizer) is type(model.optimizer)
    ours_config, theirs_config = (own.optimizer.get_config() for own in (loaded, model))
    assert ours_config | {"name": ""} == theirs_config | {"name": ""}
    x, _ = table(20)
    assert same_bits([loaded(x).numpy()], [model(x).numpy()])
    # the table of a run is that of `model.summary()`
    rows = [(row.name, row.output_shape, row.parameters)
            for row in layer_table(spec, FEATURES, CLASSES)]  # fmt: skip
    assert rows == [
        (layer.name, tuple(layer.output.shape[1:]), layer.count_params()) for layer in loaded.layers
    ]


def test_a_step_decay_is_saved_with_the_rate_of_its_last_epoch(tmp_path: Path) -> None:
    schedule = {"name": "step_decay", "factor": 0.1, "every": 2}
    spec = NetworkSpec.model_validate({"hidden_layers": (4,), "schedule": schedule})
    weights = keras_model(spec, FEATURES, CLASSES).get_weights()
    path = tmp_path / "model.keras"
    for epochs, rate in ((0, 1e-3), (2, 1e-3), (3, 1e-4), (6, 1e-5)):
        path.write_bytes(network_file(spec, weights, epochs))
        loaded = keras.models.load_model(path, safe_mode=True)
        assert float(loaded.optimizer.learning_rate) == pytest.approx(rate), epochs


def test_the_same_network_is_the_same_bytes_and_without_steps_of_its_optimizer() -> None:
    spec = NetworkSpec(hidden_layers=(200, 200))
    rng = np.random.default_rng(0)
    sizes = ((FEATURES, 200), (200,), (200, 200), (200,), (200, CLASSES), (CLASSES,))
    weights = [rng.normal(size=size).astype(np.float32) for size in sizes]
    body = network_file(spec, weights, epochs=5)
    assert body == network_file(spec, weights, epochs=5)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert "date_saved" not in json.loads(archive.read("metadata.json"))
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
    assert len(body) < 1.1 * sum(array.nbytes for array in weights)


@pytest.mark.filterwarnings("error::UserWarning")
def test_a_linear_model_is_one_softmax_layer(tmp_path: Path) -> None:
    coefficients, intercepts = np.arange(15.0).reshape(3, 5) / 10, np.array([0.1, 0.2, -0.3])
    path = tmp_path / "model.keras"
    path.write_bytes(linear_file(coefficients, intercepts))
    loaded = keras.models.load_model(path, safe_mode=True)
    assert not loaded.compiled
    x, _ = table(9)
    powers = np.exp(x @ coefficients.T + intercepts)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(loaded(x).numpy(), expected, rtol=1e-5)
