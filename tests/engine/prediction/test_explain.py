"""Which columns a run's predictions rest on, against scikit-learn called by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import partial_dependence, permutation_importance

from engine import load_run
from engine.errors import EngineError
from engine.jobs import dependence, explain
from engine.prediction import opened_run
from engine.prediction.importance import rows_within_bounds
from engine.prediction.opened_run import OpenedRun
from engine.results.decision_rule import DecisionRule
from engine.results.explanation import Dependence, Explanation
from engine.runs.reporter import Reporter, Stopped
from engine.specs.kinds.about_run import AboutRun
from engine.specs.kinds.explain import DependenceQuestion, ExplainQuestion
from engine.store.store import Store
from tests.support.engine.fitted_runs import fitted

ROWS = 240


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run 1 on the penguins, run 2 on a table with two equal columns, dates and missing cells."""
    folder = tmp_path_factory.mktemp("home")
    folder.chmod(0o700)
    fitted(folder)
    random = np.random.default_rng(1)
    x = random.normal(size=ROWS)
    table = pd.DataFrame(
        {
            "x": x.round(3),
            "again": x.round(3),
            "noise": random.normal(size=ROWS).round(3),
            "town": random.choice(["a", "b", "c", "d"], ROWS),
            "day": pd.date_range("2020-01-01", periods=ROWS).strftime("%Y-%m-%d"),
        }
    )
    table["kind"] = np.where(x + (table["town"] == "a") > 0.3, "yes", "no")
    table.loc[::17, "noise"] = np.nan
    table.to_csv(folder / "t.csv", index=False)
    fitted(folder, data=str(folder / "t.csv"), target="kind")
    return folder


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    opened_run.release()


def explained(home: Path, run: int = 1, **question: Any) -> Explanation:
    return explain.run(ExplainQuestion(home=str(home), run=run, **question), Reporter())


def depends(home: Path, name: str, run: int = 1) -> Dependence:
    return dependence.run(DependenceQuestion(home=str(home), run=run, name=name), Reporter())


def validation(home: Path, run: int) -> tuple[Any, pd.DataFrame, Any]:
    """The run as scikit-learn sees it, its validation rows, and their labels."""
    known = OpenedRun(AboutRun(home=str(home), run=run), lambda _: None)
    model, table, rows = load_run(run, home), known.own.table, known.validation_rows
    columns = table.frame.iloc[rows][list(model.feature_names_in_)].reset_index(drop=True)
    return model, columns, np.array(table.classes)[table.codes[rows]]


@pytest.mark.parametrize("run", [1, 2])
def test_importance_is_that_of_scikit_learn(home: Path, run: int) -> None:
    found = explained(home, run, repeats=7, seed=3)
    model, columns, labels = validation(home, run)
    by_hand = permutation_importance(model, columns, labels, n_repeats=7, random_state=3)
    means = {own.name: own.fall.mean for own in found.columns}
    expected = dict(zip(columns, by_hand.importances_mean, strict=True))
    assert means == pytest.approx(expected, abs=1e-12)
    assert list(means.values()) == sorted(means.values(), reverse=True)
    assert found.accuracy == pytest.approx(model.score(columns, labels))


def test_every_column_has_an_interval_over_rows_of_some_width(home: Path) -> None:
    found = explained(home).json_object()
    assert [set(own) for own in found["importance"]] == [{"column", "mean", "low", "high"}] * 6
    for own in found["importance"]:
        assert own["low"] < own["mean"] < own["high"]
    assert found["rows"] == found["of_rows"] == 69


def test_columns_that_stand_for_each_other_are_named_with_their_correlation(home: Path) -> None:
    (pair,) = explained(home).correlated
    assert {pair.first, pair.second} == {"flipper_length_mm", "body_mass_g"}
    _, columns, _ = validation(home, 1)
    assert pair.correlation == pytest.approx(
        columns[["flipper_length_mm", "body_mass_g"]].corr().iloc[0, 1], abs=0.05
    )
    (same,) = explained(home, 2).correlated
    assert (same.first, same.second) == ("x", "again")
    assert same.correlation == pytest.approx(1.0)


def test_the_rule_that_is_kept_with_a_run_counts(home: Path) -> None:
    before = explained(home, 2)
    rule = DecisionRule(positive="yes", threshold=0.99)
    with Store.open(home) as store:
        store.set_decision_rule(2, rule)
        kept = store.run(2).decision_rule_json
    try:
        after = explained(home, 2, rule=kept)
    finally:
        with Store.open(home) as store:
            store.set_decision_rule(2, None)
    assert after.accuracy < before.accuracy


@pytest.mark.parametrize(("run", "name"), [(1, "bill_length_mm"), (1, "island"), (2, "x")])
def test_partial_dependence_is_that_of_scikit_learn(home: Path, run: int, name: str) -> None:
    found = depends(home, name, run)
    model, columns, _ = validation(home, run)
    categories = [name] if name == "island" else None
    how = {"features": [name], "method": "brute", "kind": "both", "grid_resolution": 50,
           "response_method": "predict_proba", "categorical_features": categories}  # fmt: skip
    if categories:
        columns = columns.astype({name: object})
    # missing cells are no value to set a column to; scikit-learn counts them as the largest
    grid = partial_dependence(model, columns.dropna(subset=name), **how)["grid_values"][0]
    if found.numbers:
        np.testing.assert_allclose(found.numbers, grid, rtol=0, atol=1e-9)
    else:
        assert found.grid == tuple(grid)
    by_hand = partial_dependence(model, columns, **how, custom_values={name: grid})
    averages, singles = by_hand["average"], by_hand["individual"]
    # of two classes scikit-learn tells the second alone
    shown = found.classes[-len(averages) :]
    for own, average, single in zip(shown, averages, singles, strict=True):
        np.testing.assert_allclose(own.average, average, rtol=0, atol=1e-6)
        for curve in own.individual:
            assert np.abs(single - np.array(curve)).max(axis=1).min() < 1e-6
    assert len(shown[0].individual) == min(30, len(columns))


def test_moments_and_columns_with_missing_cells_have_a_grid_of_what_is_there(home: Path) -> None:
    day, noise = depends(home, "day", 2), depends(home, "noise", 2)
    assert day.type == "datetime"
    assert all(cell.startswith("2020-") for cell in day.grid)
    assert list(day.numbers) == sorted(day.numbers)
    assert len(noise.grid) == len(noise.numbers) > 20
    assert "" not in noise.grid


def test_a_large_set_is_measured_on_a_part_of_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = OpenedRun(AboutRun(home=str(home), run=1), lambda _: None)
    assert rows_within_bounds(known.fitted, 5_000_000, 10) == 20_000
    assert rows_within_bounds(known.fitted, 69, 10) == 69
    monkeypatch.setattr("engine.prediction.importance.MOST_ROWS", 40)
    found = explained(home)
    assert (found.rows, found.of_rows) == (40, 69)
    assert explained(home) == found


def test_it_ends_when_nobody_waits_any_more(home: Path) -> None:
    reporter = Reporter()
    reporter.request_stop()
    with pytest.raises(Stopped):
        explain.run(ExplainQuestion(home=str(home), run=1), reporter)


def test_what_cannot_be_explained_says_why(home: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    published = fitted(tmp_path, protocol="as_published")
    with pytest.raises(EngineError, match="has no validation set"):
        explained(tmp_path, published)
    with pytest.raises(EngineError, match="does not predict from a column 'species'"):
        depends(home, "species")
