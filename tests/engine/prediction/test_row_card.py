"""The rows behind a cell of a confusion matrix, and the card of one of them."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from engine.errors import EngineError
from engine.jobs import cell_rows, row_card
from engine.prediction.opened_run import OpenedRun
from engine.results.row_card import CellRows, RowCard
from engine.results.scores import Scored
from engine.runs.reporter import Reporter
from engine.runs.state import RunState, fold
from engine.specs.kinds.about_run import AboutRun
from engine.specs.kinds.row_card import CellRowsQuestion, RowCardQuestion
from engine.store.store import Store
from tests.support.engine.fitted_runs import fitted


def cell(home: Path, data_set: str, actual: int, predicted: int) -> CellRows:
    question = {"data_set": data_set, "actual": actual, "predicted": predicted}
    asked = CellRowsQuestion.model_validate({"home": str(home), "run": 1, **question})
    return cell_rows.run(asked, Reporter())


def card(home: Path, row: int, run: int = 1) -> RowCard:
    return row_card.run(RowCardQuestion(home=str(home), run=run, row=row), Reporter())


def test_each_cell_has_as_many_rows_as_it_counts(home: Path) -> None:
    with Store.open(home) as store:
        result = fold(RunState(), store.events(1)[1]).result
        evaluations = store.run(1).test_evaluations
    assert isinstance(result, Scored)
    seen: set[int] = set()
    for name in ("train", "validation", "test"):
        for actual, counts in enumerate(getattr(result.confusion, name)):
            for predicted, count in enumerate(counts):
                found = cell(home, name, actual, predicted)
                assert (found.total, len(found.rows)) == (count, count)
                assert (found.actual, found.predicted) == (
                    result.confusion.labels[actual], result.confusion.labels[predicted],
                )  # fmt: skip
                sure = [own.of_predicted for own in found.rows]
                assert sure == sorted(sure, reverse=True)
                seen |= {own.row for own in found.rows}
    assert seen == set(range(1, 345))
    # the rows of the test set are those that were evaluated already
    with Store.open(home) as store:
        assert store.run(1).test_evaluations == evaluations


def test_a_card_has_the_values_beside_those_of_each_class_in_training(home: Path) -> None:
    found = card(home, 1)
    assert (found.row, found.actual) == (1, "Adelie")
    assert sum(found.probabilities) == pytest.approx(1.0, abs=1e-6)
    assert found.predicted == found.labels[int(np.argmax(found.probabilities))]
    known = OpenedRun(AboutRun(home=str(home), run=1), lambda _: None)
    training = known.own.table.frame[known.own.training]
    by_name = {column.name: column for column in found.columns}
    assert by_name["bill_length_mm"].cell == "39.1"
    for label, own in zip(found.labels, by_name["bill_length_mm"].classes, strict=True):
        rows = training["bill_length_mm"][training["species"] == label].dropna()
        assert float(own.middle) == rows.quantile(0.5, interpolation="nearest")
        assert float(own.low) <= float(own.middle) <= float(own.high)
    for label, own in zip(found.labels, by_name["island"].classes, strict=True):
        there = training["island"][training["species"] == label]
        assert own.fraction == pytest.approx((there == "Torgersen").mean())


@pytest.mark.parametrize("row", [1, 4, 200, 340])
def test_the_nearest_training_rows_are_those_of_scikit_learn(
    home: Path, monkeypatch: pytest.MonkeyPatch, row: int
) -> None:
    # in several parts
    monkeypatch.setattr("engine.prediction.row_card._AT_ONCE", 37)
    known = OpenedRun(AboutRun(home=str(home), run=1), lambda _: None)
    table = known.own.table
    x = np.asarray(known.fitted.preprocessor.apply(table.frame))
    others = np.flatnonzero(known.own.training & (table.rows != row))
    near = NearestNeighbors(n_neighbors=5).fit(x[others])
    distances, _ = near.kneighbors(x[[int(np.searchsorted(table.rows, row))]])
    found = card(home, row).neighbours
    assert [own.distance for own in found] == pytest.approx(list(distances[0]), abs=1e-5)
    assert row not in {own.row for own in found}
    assert {own.row for own in found} <= set(table.rows[known.own.training].tolist())
    assert all(len(own.cells) == 6 for own in found)


def test_rows_that_were_not_kept_are_named_with_the_remedy(home: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no prediction of row 345"):
        card(home, 345)
    tmp_path.chmod(0o700)
    run = fitted(tmp_path)
    with Store.open(tmp_path) as store, store.writing() as connection:
        connection.execute("DELETE FROM artefacts WHERE name = 'predictions.bin'")
    with pytest.raises(EngineError, match="were not kept") as raised:
        card(tmp_path, 1, run)
    assert f"penguin-tui rerun {run}" in raised.value.hint
