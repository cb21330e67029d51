"""A network as ONNX predicts from the columns as they are."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data.preprocessing.preprocessor import (
    CategoryColumn,
    DatetimeColumn,
    NumericColumn,
    Preprocessor,
)
from engine.errors import EngineError
from engine.portable.kept import made_rows
from engine.portable.onnx_graph import graph_of, run_graph
from engine.portable.reading import Reading
from engine.prediction.fitted_run import FittedModel, FittedRun
from engine.prediction.network import Layer, Network
from engine.results.decision_rule import DecisionRule
from engine.sources.files import locate
from engine.specs.activations import ACTIVATIONS
from engine.store.store import Store
from tests.support.engine.exports import export


def test_the_onnx_file_predicts_from_the_columns_as_they_are(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.onnx"
    said = export(home, "onnx", target)
    assert "ONNX Runtime predicts 344 rows alike" in said[-1].note
    with Store.open(home) as store:
        run = FittedRun.load(store, 1)
    frame = pd.read_csv(locate("penguins"))
    found = run_graph(target.read_bytes(), run, frame)
    np.testing.assert_allclose(found, run.probabilities(frame), atol=1e-5)


DATES = ("year", "month sin", "month cos", "day", "weekday sin", "weekday cos", "hour sin")
MIXED = Preprocessor(
    protocol="strict", target="t", classes=("p", "q"),
    columns=(
        NumericColumn(name="a", fill=3, shift=5, scale=2),
        CategoryColumn(name="b", levels=("x", "y"), encoding="ordinal", missing_code=2,
                       grouped="infrequent", shift=1, scale=0.5),
        CategoryColumn(name="c", levels=("x", "y"), encoding="one_hot", missing_code=-1),
        DatetimeColumn(name="d", features=tuple(
            NumericColumn(name=name, fill=1.5, shift=2, scale=3) for name in DATES)),
    ),
)  # fmt: skip


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_and_column_is_right_in_onnx(activation: str) -> None:
    random = np.random.default_rng(0)
    width = len(MIXED.feature_names)

    def layer(inputs: int, units: int, name: str) -> Layer:
        kernel = random.normal(size=(inputs, units), scale=0.3).astype(np.float32)
        return Layer(kernel, random.normal(size=units).astype(np.float32), name)

    network = Network((layer(width, 16, activation), layer(16, 2, "softmax")))
    rule = DecisionRule(temperature=1.7, threshold=0.3, positive="p")
    model = FittedModel(MIXED, network, rule)
    frame = made_rows(model)
    century = 100 * 365 * 86_400
    moments = random.integers(-century, century, len(frame)).astype("datetime64[s]")
    moments[4:7] = np.datetime64("NaT")
    frame["d"] = moments
    frame.loc[3:5, "a"] = np.nan
    frame.loc[7:9, "b"] = None
    body = graph_of(model, Reading(missing={}), "mixed")
    found = run_graph(body, model, frame)
    np.testing.assert_allclose(found, model.probabilities(frame), atol=1e-5)


def test_what_predicts_otherwise_is_not_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.portable.onnx_graph._activated", lambda graph, name, z: z)
    with pytest.raises(EngineError, match="predicts otherwise than run 1"):
        export(home, "onnx", tmp_path / "run.onnx")
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_it_is_said(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EngineError, match="package onnxruntime") as error:
        export(home, "onnx", tmp_path / "run.onnx")
    assert "penguin-tui[onnx]" in error.value.hint
