"""A typed row: what the run makes of it, what is unusual, and what would turn the answer."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine import load_run
from engine.errors import EngineError
from engine.jobs import predict_row
from engine.results.prediction import RowPrediction
from engine.runs.reporter import Reporter
from engine.sources.files import locate
from engine.specs.kinds.predict_row import PredictRowQuestion
from tests.support.engine.fitted_runs import fitted


def asked(home: Path, run: int = 1, **question: Any) -> RowPrediction:
    return predict_row.run(PredictRowQuestion(home=str(home), run=run, **question), Reporter())


def probabilities(home: Path, cells: dict[str, str]) -> Any:
    row = {name: [pd.to_numeric(cell, errors="coerce") if name.endswith(("mm", "_g")) else cell]
           for name, cell in cells.items()}  # fmt: skip
    return load_run(1, home).predict_proba(pd.DataFrame(row))[0]


def test_the_first_row_has_the_median_or_the_most_frequent_of_the_training_rows(home: Path) -> None:
    found = asked(home)
    table = pd.read_csv(locate("penguins"))
    mass = next(feature for feature in found.features if feature.name == "body_mass_g")
    assert (mass.low, mass.high) == ("2850", "6300")
    assert float(mass.typical) == pytest.approx(table["body_mass_g"].median(), rel=0.05)
    assert mass.step == 20
    assert found.cells["island"] == "Biscoe"
    assert not found.flags
    np.testing.assert_allclose(
        found.probabilities, probabilities(home, found.cells), rtol=0, atol=1e-6
    )


def test_a_row_of_the_data_is_loaded_with_its_class_and_its_set(home: Path) -> None:
    found = asked(home, data_row=1)
    assert found.cells == {
        "island": "Torgersen", "bill_length_mm": "39.1", "bill_depth_mm": "18.7",
        "flipper_length_mm": "181", "body_mass_g": "3750", "sex": "MALE",
    }  # fmt: skip
    assert (found.actual, found.data_rows) == ("Adelie", 344)
    assert found.data_set in ("train", "validation", "test")
    with pytest.raises(EngineError, match="have 344 rows"):
        asked(home, data_row=345)


def test_what_is_unusual_or_cannot_be_read_is_said_by_column(home: Path) -> None:
    found = asked(home, cells={"island": "Mars", "body_mass_g": "9,000", "bill_depth_mm": "deep"})
    assert found.flags == {"island": "unknown category", "body_mass_g": "above 6300"}
    assert found.problems == {"bill_depth_mm": "no number"}


def test_numbers_are_read_as_they_are_shown_and_as_the_file_writes_them(tmp_path: Path) -> None:
    path, home = tmp_path / "t.csv", tmp_path / "home"
    home.mkdir(mode=0o700)
    path.write_text("x;kind\n" + "1,5;a\n2,25;b\n3,75;b\n" * 10)
    fitted(home, data=str(path), target="kind")
    first = asked(home)
    # the median as it stands in the field
    assert first.cells == {"x": "2.25"}
    assert not first.problems
    for cell in ("2.25", "2,25"):
        typed = asked(home, cells={"x": cell})
        assert not typed.problems
        assert typed.probabilities == first.probabilities


def test_the_counterfactual_is_the_smallest_change_that_turns_the_answer(home: Path) -> None:
    found = asked(home)
    other = found.counterfactual
    assert other is not None
    labels = found.labels
    turned = probabilities(home, found.cells | {other.name: other.cell})
    assert labels[int(turned.argmax())] == other.label != found.predicted
    # no value of any column that is nearer turns it
    for feature in found.features:
        if feature.type != "numeric":
            continue
        low, high, now = float(feature.low), float(feature.high), float(found.cells[feature.name])
        for distance in np.linspace(0, 0.9 * other.distance, 20):
            for value in (now - distance * (high - low), now + distance * (high - low)):
                if low <= value <= high:
                    same = probabilities(home, found.cells | {feature.name: repr(value)})
                    assert labels[int(same.argmax())] == found.predicted
