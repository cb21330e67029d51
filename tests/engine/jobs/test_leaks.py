"""Leakage shown on purpose: each leak alone, against scikit-learn by hand, and what it flatters."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.preprocessing import StandardScaler

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.splits.folds import ScoredSets
from engine.data.splits.split import split
from engine.jobs import run_job
from engine.jobs.comparison.fold import fitted
from engine.jobs.comparison.leaky_split import LEAKS_OF, LeakySplit, best_features
from engine.kinds import make_spec
from engine.planning.leaks import planned
from engine.results.leaks import LEAKS, LeaksResult
from engine.runs import reporter as reports
from engine.runs.events import Note, Resumed, TrialEnded, TrialStarted
from engine.runs.reporter import Reporter, ResumeState, Stopped
from engine.runs.state import RunState, fold
from engine.specs.derived_settings import with_settings
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.leaks import LeaksSpec
from engine.specs.network import EarlyStopping
from tests.support.engine.ending import Ending

SMALL: dict[str, Any] = {"hidden_layers": [8], "epochs": 4, "splits": 3, "tried": 3}


def spec(**fields: Any) -> LeaksSpec:
    found = make_spec("leaks", SMALL | fields)
    assert isinstance(found, LeaksSpec)
    return found


def shown(own: LeaksSpec, reporter: Reporter | None = None) -> LeaksResult:
    result = run_job(own, reporter or Reporter())
    assert isinstance(result, LeaksResult)
    return result


@cache
def whole() -> tuple[LeaksResult, Ending]:
    reporter = Ending(-1)
    return shown(spec(), reporter), reporter


def trials() -> list[TrialEnded]:
    ended = [item for item in whole()[1].all() if isinstance(item, TrialEnded)]
    return sorted(ended, key=lambda item: item.trial)


@cache
def first() -> LeakySplit:
    """The first split, drawn again."""
    own = spec()
    prepared = preprocess(load(own), own)
    return LeakySplit(own, prepared, planned(own)[0], Reporter())


def noise_table(path: Path, rows: int = 120, features: int = 60) -> Path:
    draw = np.random.default_rng(1)
    cells = draw.normal(size=(rows, features)).round(3)
    names = [f"x{i}" for i in range(features)]
    lines = [[*map(str, row), "ab"[int(draw.integers(2))]] for row in cells]
    path.write_text("\n".join(",".join(line) for line in [[*names, "label"], *lines]))
    return path


def test_every_leak_is_shown_on_the_penguins() -> None:
    assert [one.name for one in whole()[0].leaks] == list(LEAKS)
    assert whole()[0].absent == ()


def test_scales_and_fill_values_are_scikit_learns_of_all_rows() -> None:
    own, pool = first(), first().pool
    frame = load(own.spec).frame[["bill_length_mm", "body_mass_g"]]
    for leaking, seen in ((False, own.rows), (True, np.concatenate([own.rows, own.test]))):
        sets = pool.scored_sets(own.rows, own.test, leaking=leaking)
        values = frame.iloc[pool._index[seen]].to_numpy(float)
        filled = np.where(np.isnan(values), np.nanmean(values, axis=0), values)
        scaler = StandardScaler().fit(filled)
        train = frame.iloc[pool._index[own.rows]].to_numpy(float)
        expected = scaler.transform(np.where(np.isnan(train), np.nanmean(values, axis=0), train))
        found = np.asarray(sets.train[0])[:, sets.train[0].places]
        for column in expected.T:
            assert any(np.allclose(column, other, atol=1e-4) for other in found.T)


def test_features_are_those_of_select_k_best() -> None:
    x, y = first().honest.train
    kept = SelectKBest(f_classif, k=5).fit(np.asarray(x), y).get_support(indices=True)
    assert list(best_features(x, y, 5)) == list(kept)
    assert np.array_equal(np.asarray(x.select(kept)), np.asarray(x)[:, kept])


def accuracies(sets: ScoredSets, network: Any) -> tuple[float, float]:
    """On the rows that are kept for a choice, and on the test rows."""
    said = fitted(network, sets, Reporter(), 0)
    kept, test = (
        float(np.mean(said(x, y).argmax(axis=1) == y)) for x, y in (sets.shown, sets.scored)
    )
    return kept, test


def test_settings_are_selected_on_kept_rows_and_on_test_rows_of_the_same_trainings() -> None:
    own = first()
    rates = np.geomspace(own.spec.learning_rate / 10, own.spec.learning_rate * 10, 3)
    found = [
        accuracies(own.choosing, with_settings(own.network, {"learning_rate": rate}))
        for rate in rates.tolist()
    ]
    best = max(range(3), key=lambda place: found[place][0])
    assert trials()[0].scores["selection"] == pytest.approx(
        (found[best][1], max(test for _, test in found))
    )


def test_epochs_are_chosen_on_kept_rows_and_on_test_rows() -> None:
    own = first()
    rule = EarlyStopping(monitor="val_accuracy", patience=own.spec.epochs)
    network = own.network.model_copy(update={"early_stopping": rule})
    _, honest = accuracies(own.choosing, network)
    assert trials()[0].scores["stopping"][0] == pytest.approx(honest)
    for trial in trials():
        # no epoch is better on the test rows than the one that they have chosen
        assert trial.scores["stopping"][1] >= trial.scores["stopping"][0]


def test_copied_rows_are_of_the_test_set_and_no_other_leak_has_one() -> None:
    own = first()
    assert set(own.copied) <= set(own.test)
    assert len(own.copied) == round(0.2 * len(own.test))
    assert not set(own.rows) & set(own.test)


def test_differences_are_paired_with_the_corrected_interval() -> None:
    for one in whole()[0].leaks:
        pairs = np.array([trial.scores[one.name] for trial in trials()])
        differences = pairs[:, 1] - pairs[:, 0]
        assert one.flatters.mean == pytest.approx(differences.mean())
        assert one.honest.mean == pytest.approx(pairs[:, 0].mean())
        if differences.std() == 0:
            assert one.flatters.low is None
            continue
        # 275 rows, of which each split scores 55
        width = student.ppf(0.975, 2) * differences.std(ddof=1) * np.sqrt(1 / 3 + 55 / 220)
        assert one.flatters.low == pytest.approx(differences.mean() - width)
        assert one.flatters.high == pytest.approx(differences.mean() + width)


def test_on_noise_leaks_flatter_and_the_honest_way_does_not(tmp_path: Path) -> None:
    table = noise_table(tmp_path / "noise.csv", rows=150, features=250)
    own = spec(data=str(table), target="label", splits=12, epochs=8, learning_rate=0.01)
    found = {one.name: one for one in shown(own).leaks}
    for name in ("stopping", "selection", "duplicates", "features"):
        assert found[name].flatters.mean > 0.02, name
    assert found["features"].flatters.mean > 0.1
    for one in found.values():
        assert one.honest.low is not None
        assert one.honest.low < 0.5 < (one.honest.high or 0.0), one.name


def test_the_held_out_test_rows_are_never_touched(tmp_path: Path) -> None:
    table = noise_table(tmp_path / "noise.csv", features=8)
    own = spec(data=str(table), target="label", splits=2)
    reporter = Ending(-1)
    before = shown(own, reporter)
    assert not [item for item in reporter.all() if isinstance(item, reports.TestEvaluated)]
    lines = table.read_text().splitlines()
    for row in split(load(own), own).test.tolist():
        label = lines[row + 1].rpartition(",")[2]
        lines[row + 1] = ",".join(["1000"] * 8 + [label])
    table.write_text("\n".join(lines))
    assert shown(own) == before


def test_leaks_that_data_cannot_have_are_left_out_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    rows = [f"{'xyz'[i % 3]},{'pq'[i * 7 % 2]},{'ab'[i % 2]}" for i in range(60)]
    path.write_text("\n".join(["colour,size,label", *rows]))
    found = shown(spec(data=str(path), target="label", epochs=1, splits=2))
    assert [one.name for one in found.leaks] == ["selection", "duplicates"]
    assert found.json_object()["not_applicable"] == {
        name: LEAKS[name].absent for name in ("preprocessing", "stopping", "features")
    }


def test_json_is_marked_and_has_each_leak_at_the_top() -> None:
    found = whole()[0].json_object()
    assert found["leak_shown_on_purpose"] is True
    assert [one["leak"] for one in found["leaks"]] == list(LEAKS)
    for one in found["leaks"]:
        assert one["splits"] == 3
        assert one["flatters"] == pytest.approx(one["leaking"] - one["honest"])
    said = [item.text for item in whole()[1].all() if isinstance(item, Note)]
    assert any(text.startswith("Leak shown on purpose") for text in said)


@pytest.mark.parametrize("ends", [1, 2])
def test_cut_off_anywhere_it_comes_to_the_same_and_repeats_nothing(ends: int) -> None:
    cut = Ending(ends, later=True)
    with pytest.raises(Stopped):
        shown(spec(), cut)
    events = [item for item in cut.all() if isinstance(item, TrialStarted | TrialEnded)]
    done = {e.trial for e in events if isinstance(e, TrialEnded) and e.status == "finished"}
    earlier = fold(RunState(), [*events, Resumed(seconds_before=1.0)])
    second = Ending(-1, ResumeState(state=earlier))
    assert shown(spec(), second) == whole()[0]
    assert not {e.trial for e in second.all() if isinstance(e, TrialStarted)} & done


def test_a_stopped_one_keeps_its_whole_splits() -> None:
    with pytest.raises(Stopped, match=r"Stopped after [12] of 3 repeats; those are kept\."):
        shown(spec(), Ending(1))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"protocol": "as_published"}, "protocol: comparisons need the strict protocol"),
        ({"splits": 1000, "tried": 100}, "splits: 107,000 trainings are too many"),
        ({"splits": 1}, "splits: "),
        ({"copied": 0.0}, "copied: "),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        spec(**fields)
    assert problem in str(raised.value)


def test_the_table_of_leaks_is_whole() -> None:
    assert list(LEAKS_OF) == list(LEAKS)
