"""Checks find what is there, measured, and say why where something cannot be measured."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.jobs.checks.evidence import Evidence, NotMeasured
from engine.jobs.checks.fit import still_improving
from engine.jobs.checks.measures import MEASURES, look_for
from engine.jobs.checks.predictions import badly_calibrated
from engine.jobs.checks.search import best_at_edge
from engine.results.checks import CHECKS, CODES, CheckReport
from engine.runs.reporter import Reporter
from engine.store.store import Store
from tests.support.engine.fitted_runs import fitted_in

ROWS = 400
DATA = {"target": "class", "validation_fraction": 0.4}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with Store.open(home) as opened:
        yield opened


def written(path: Path, **columns: Any) -> str:
    """A CSV of these columns."""
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines))
    return str(path)


def report(store: Store, data: str, **settings: Any) -> CheckReport:
    """The checks of a baseline on a file."""
    run = fitted_in(store, "baseline", {"data": data} | DATA | settings)
    return look_for(Evidence.of(store, run, Reporter()))


def codes(found: CheckReport) -> list[str]:
    return [own.code for own in found.findings]


def test_every_check_has_its_measurement_and_its_line_in_the_docs() -> None:
    assert list(MEASURES) == list(CODES)
    text = Path("docs/checks.md").read_text()
    for check in CHECKS:
        assert f"| `{check.code}` | {check.severity} |" in text


def test_noise_is_no_better_than_the_majority(store: Store, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(ROWS, 2)), draw.choice(["a", "b"], ROWS)
    path = tmp_path / "noise.csv"
    found = report(store, written(path, one=x[:, 0], two=x[:, 1], **{"class": y}))
    assert "not_better_than_majority" in codes(found)
    assert not {"possible_leakage", "duplicates_across_sets", "underfit"} & set(codes(found))
    own = found.findings[0]
    assert own.severity == "error"
    assert "p = " in own.text
    assert found.failing("error")
    assert found.not_measured["not_better_than_logistic"] == "the run is a logistic regression"
    # a file that has changed cannot be measured on, and that is said
    path.write_text(path.read_text().replace(",a", ",b", 1))
    for copy in (store.home / "data").glob("*"):
        copy.unlink()
    again = look_for(Evidence.of(store, found.run, Reporter()), ("overfit",))
    assert "data cannot be read again" in again.not_measured["possible_leakage"]
    assert again.ignored == ("overfit",)


def test_leaks_duplicates_and_a_curve_that_a_line_misses_are_found(
    store: Store, tmp_path: Path
) -> None:
    draw = np.random.default_rng(1)
    x = draw.normal(size=(ROWS, 2)).round(3)
    ring = np.where(np.hypot(*x.T) > 1.2, "out", "in")
    bent = report(store, written(tmp_path / "a.csv", one=x[:, 0], two=x[:, 1], **{"class": ring}))
    assert "underfit" in codes(bent)
    leak = np.where(ring == "out", 5, 1) + draw.normal(size=ROWS) / 10
    leaks = written(tmp_path / "b.csv", one=x[:, 0], leak=leak.round(4), **{"class": ring})
    assert {"possible_leakage", "one_feature_suffices"} <= set(codes(report(store, leaks)))
    twice = np.concatenate([x[: ROWS // 2]] * 2)
    doubled = np.concatenate([ring[: ROWS // 2]] * 2)
    same = written(tmp_path / "c.csv", one=twice[:, 0], two=twice[:, 1], **{"class": doubled})
    assert "duplicates_across_sets" in codes(report(store, same))


def test_rows_of_few_values_are_no_duplicates(store: Store, tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    columns = {name: draw.choice(["u", "v", "w"], ROWS) for name in ("one", "two")}
    y = draw.choice(["a", "b"], ROWS)
    found = report(store, written(tmp_path / "few.csv", **columns, **{"class": y}))
    assert "duplicates_across_sets" not in codes(found)


def test_a_rare_class_that_is_never_predicted_is_found(store: Store, tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    x, y = draw.normal(size=(ROWS, 2)), np.where(np.arange(ROWS) % 10, "common", "rare")
    data = written(tmp_path / "rare.csv", one=x[:, 0], two=x[:, 1], **{"class": y})
    found = {own.code: own for own in report(store, data).findings}
    never = found["class_never_predicted"]
    assert "class 'rare' is never predicted" in never.text
    assert never.figure > 20
    balanced = report(store, data, class_weight="balanced")
    assert "class_never_predicted" not in codes(balanced)


def test_a_training_that_ends_too_early_is_found_and_one_that_has_converged_is_not(
    store: Store, tmp_path: Path
) -> None:
    draw = np.random.default_rng(4)
    x = draw.normal(size=(ROWS, 2))
    y = np.where(x[:, 0] + draw.normal(size=ROWS) / 2 > 0, "up", "down")
    data = written(tmp_path / "line.csv", one=x[:, 0], two=x[:, 1], **{"class": y})
    linear = {"data": data, "hidden_layers": [], "optimizer": "sgd", "epochs": 15} | DATA
    found = {}
    for rate in (0.003, 1.0):
        run = fitted_in(store, "train", linear | {"learning_rate": rate})
        found[rate] = still_improving(Evidence.of(store, run, Reporter()))
    slow = found[0.003]
    assert slow is not None
    assert "over the last 5 of 15 epochs" in slow.text
    assert slow.figure > 0.01
    assert found[1.0] is None


def test_the_best_value_of_a_real_search_at_the_end_of_its_range_is_found(
    store: Store, tmp_path: Path
) -> None:
    draw = np.random.default_rng(5)
    x = draw.normal(size=(ROWS, 2))
    y = np.where(x[:, 0] > 0, "up", "down")
    data = written(tmp_path / "search.csv", one=x[:, 0], two=x[:, 1], **{"class": y})
    search = {"data": data, "hidden_layers": [], "optimizer": "sgd", "epochs": 2, "folds": 2} | DATA
    rates = {"learning_rate": {"values": [1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 0.03]}}
    batches = {"batch_size": {"values": [8, 16]}}
    run = fitted_in(store, "grid_search", search | {"vary": rates | batches})
    evidence = Evidence.of(store, run, Reporter())
    found = best_at_edge(evidence)
    assert found is not None
    assert "the best learning_rate is 0.03, at the high end" in found.text
    with pytest.raises(NotMeasured, match="no validation set"):
        badly_calibrated(evidence)
