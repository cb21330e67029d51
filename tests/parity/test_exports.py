"""What a run leaves scores as it reported, by plain Keras, and predicts alike without it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data.load import load
from engine.data.preprocessing.preprocessor import Preprocessor
from engine.jobs import run_job
from engine.kinds import make_spec
from engine.prediction.network import Network
from engine.results.predictions import PREDICTIONS, Predictions, SetName
from engine.results.scores import Scored
from engine.results.split_rows import unpacked
from engine.runs.reporter import Artefact, Reporter
from tests.support.later import Later

keras: Any = Later("keras")

TINY = {"epochs": 3, "hidden_layers": [8]}
SMALL_GRID = TINY | {"vary": {"learning_rate": {"values": [0.01, 0.02]}}, "folds": 2}
TWO_CLASSES = {"target": "sex", "exclude": ["island"]}


def left(kind: str, fields: dict[str, Any]) -> tuple[Scored, dict[str, bytes]]:
    """The result of a run, and the files that it left."""
    reporter = Reporter()
    result = run_job(make_spec(kind, fields), reporter)
    assert isinstance(result, Scored)
    return result, {i.name: i.body for i in reporter.drain() if isinstance(i, Artefact)}


@pytest.mark.parametrize("protocol", ["strict", "as_published"])
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        pytest.param("baseline", {}, id="baseline"),
        pytest.param("baseline", TWO_CLASSES, id="baseline of two classes"),
        pytest.param("train", TINY, id="training"),
        pytest.param("grid_search", SMALL_GRID, id="search"),
    ],
)
def test_exports_score_as_reported(
    kind: str, fields: dict[str, Any], protocol: str, tmp_path: Path
) -> None:
    spec = make_spec(kind, fields | {"protocol": protocol})
    result, files = left(kind, fields | {"protocol": protocol})
    path = tmp_path / "model.keras"
    path.write_bytes(files["model.keras"])
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    network = Network.read(files["model.keras"])
    fitted = Preprocessor.from_json(files["preparation.json"])
    table = load(spec.data_spec)
    split = np.array(list(unpacked(files["split.bin"])))
    assert len(split) == table.file.rows
    kept = Predictions.from_bytes(files[PREDICTIONS])
    assert kept.classes == fitted.classes
    of_labelled = split[table.rows - 1]
    assert set(split[np.setdiff1d(np.arange(len(split)), table.rows - 1)]) <= {"none"}
    sets: tuple[SetName, ...] = ("train", "validation", "test")
    for name in sets:
        reported = getattr(result.scores, name)
        rows = np.flatnonzero(of_labelled == name)
        assert len(rows) == (reported.rows if reported else 0)
        if reported is None:
            continue
        own = fitted.for_test if name == "test" else fitted
        x = own.apply(table.frame, rows)
        probabilities = model.predict(np.asarray(x), verbose=0)
        np.testing.assert_allclose(network.probabilities(x), probabilities, rtol=0, atol=1e-6)
        labels = [fitted.classes.index(table.classes[code]) for code in table.codes[rows]]
        assert (probabilities.argmax(axis=1) == labels).mean() == reported.accuracy.value, name
        # what was predicted of every row stays with the run
        of_set = kept.sets[name]
        assert list(of_set.rows) == table.rows[rows].tolist(), name
        assert list(of_set.actual) == labels, name
        found = np.array([p for _, _, p in of_set.each()])
        np.testing.assert_allclose(found, probabilities, atol=1e-5, err_msg=name)


def test_a_baselines_model_is_one_layer_and_nothing_pickled(tmp_path: Path) -> None:
    import zipfile

    result, files = left("baseline", {})
    path = tmp_path / "model.keras"
    path.write_bytes(files["model.keras"])
    with zipfile.ZipFile(path) as archive:
        assert set(archive.namelist()) == {"metadata.json", "config.json", "model.weights.h5"}
    (layer,) = keras.models.load_model(path, compile=False, safe_mode=True).layers
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(kernel.T, result.coefficients, rtol=1e-6)  # type: ignore[attr-defined]
    np.testing.assert_allclose(bias, result.intercepts, rtol=1e-6)  # type: ignore[attr-defined]
