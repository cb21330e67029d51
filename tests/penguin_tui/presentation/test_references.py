"""What stands beside every accuracy: the majority class, the baseline, the best epoch."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.exports.run_json import run_object
from engine.kinds import make_spec
from engine.results.scores import NetworkResult
from engine.runs.state import RunState, fold
from engine.store.records import RunRecord
from engine.store.store import Store
from engine.store.writer import RunWriter, claim, keep_data_hash
from penguin_tui.presentation.blocks import plain
from penguin_tui.presentation.references import reference_lines, references
from penguin_tui.presentation.results.scores import score_block
from penguin_tui.presentation.run_head import Around, head_lines
from penguin_tui.presentation.run_log import around_epochs, moments
from penguin_tui.presentation.runs.columns import BY_NAME
from penguin_tui.presentation.runs.filter import RunFilter
from penguin_tui.presentation.runs_list import arranged, details
from tests.support.stored.hyperband import HYPERBAND, hyperband_events
from tests.support.stored.runs import NOW, baseline_events, train_events
from tests.support.stored.searches import RANDOM, search_events
from tests.support.stored.sweeps import SWEEP, sweep_events


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """An empty store."""
    with Store.open(tmp_path) as opened:
        yield opened


def stored(
    store: Store, kind: str, fields: dict[str, Any], events: list[Any]
) -> tuple[RunRecord, RunState]:
    """A run that has reported these events."""
    run = store.submit(make_spec(kind, fields))
    record = claim(store, (kind,), {})
    assert record is not None
    with store.writing() as connection:
        keep_data_hash(connection, run, record.spec, "a")
        RunWriter(record).write(connection, events)
    return store.run(run), fold(RunState(), events)


def text_of(record: RunRecord, state: RunState, width: int = 100) -> str:
    return "\n".join(plain(line) for line in head_lines(record, state, Around(width, NOW)))


KINDS: list[tuple[str, dict[str, Any], list[Any]]] = [
    ("train", {"epochs": 20}, train_events(20, 20)),
    ("sweep", SWEEP, sweep_events()),
    ("random_search", RANDOM, search_events()),
    ("hyperband", HYPERBAND, hyperband_events()),
]


@pytest.mark.parametrize(("kind", "fields", "events"), KINDS, ids=[kind for kind, *_ in KINDS])
def test_every_head_says_majority_and_baseline(
    store: Store, kind: str, fields: dict[str, Any], events: list[Any]
) -> None:
    stored(store, "baseline", {}, baseline_events())
    record, state = stored(store, kind, fields, events)
    # 30 of 69 validation rows, and 67 of 69 classified correctly
    assert "majority class 43.5 % · baseline 97.1 % (validation)" in text_of(record, state)
    found = json.loads(json.dumps(run_object(record, state)))
    assert found["majority_accuracy"] == 30 / 69
    assert found["baseline_accuracy"] == 67 / 69
    assert found["scores"]["test"]["majority_accuracy"] == 30 / 68


def test_without_a_baseline_it_says_to_run_one_and_json_has_null(store: Store) -> None:
    record, state = stored(store, "train", {}, train_events(20, 20))
    assert "run the baseline" in text_of(record, state)
    assert run_object(record, state)["baseline_accuracy"] is None
    assert [one.name for one in references(record, state)] == ["majority class"]


def test_as_published_a_baseline_has_no_validation_set(store: Store) -> None:
    fields = {"protocol": "as_published"}
    record, state = stored(store, "train", fields, train_events(20, 20))
    assert [plain(line) for line in reference_lines(record, state)] == ["majority class 43.5 %"]


def test_beside_a_baseline_there_is_the_majority_alone(store: Store) -> None:
    record, state = stored(store, "baseline", {}, baseline_events())
    assert [one.name for one in references(record, state)] == ["majority class"]
    assert "run the baseline" not in text_of(record, state)


def test_the_score_table_has_the_majority_of_each_set(store: Store) -> None:
    record, state = stored(store, "train", {}, train_events(20, 20))
    assert isinstance(state.result, NetworkResult)
    block = score_block(record, state.result)
    place = block.header.index("majority")
    assert [row[place] for row in block.rows] == ["44.2 %", "43.5 %", "44.1 %"]


# -- which validation figure ----------------------------------------------------------------------


def cell(record: RunRecord, name: str) -> str:
    return BY_NAME[name].cell(record, NOW)[0]


def test_runs_are_ranked_by_the_kept_weights_and_the_best_epoch_is_another_column(
    store: Store,
) -> None:
    record, state = stored(store, "train", {}, train_events(20, 20))
    best = max(state.curve.column("val_accuracy"))
    assert record.best_epoch_val_accuracy == best
    assert record.val_accuracy is not None
    assert cell(record, "validation") == "97.1 %"
    assert BY_NAME["validation"].value(record) == record.val_accuracy.value
    assert cell(record, "best_epoch") == f"{100 * best:.1f} %"
    assert "best epoch" in "\n".join(details(record, NOW))


def test_a_run_that_has_kept_no_weights_yet_has_no_validation_figure(store: Store) -> None:
    live, _ = stored(store, "train", {"epochs": 20}, train_events(9, 20, finished=False))
    assert cell(live, "validation") == "–"
    assert cell(live, "best_epoch") != "–"
    finished, _ = stored(store, "train", {"epochs": 20}, train_events(20, 20))
    ended, other = arranged([live, finished], RunFilter(), BY_NAME["validation"], descending=True)
    assert (ended.id, other.id) == (live.id, finished.id)


@pytest.mark.parametrize(
    ("stopping", "marked"),
    [
        ({}, True), ({"monitor": "val_loss"}, True), (None, False), ({"monitor": "loss"}, False),
        ({"restore_best": False}, False),
    ],
)  # fmt: skip
def test_the_best_epoch_is_marked_where_early_stopping_chose_it(
    store: Store, stopping: dict[str, Any] | None, marked: bool
) -> None:
    fields = {"epochs": 20, "early_stopping": stopping}
    record, state = stored(store, "train", fields, train_events(20, 20))
    assert isinstance(state.result, NetworkResult)
    assert cell(record, "best_epoch").endswith("optimistic") == marked
    notes = [plain(line) for line in score_block(record, state.result).notes]
    (best,) = (note for note in notes if note.startswith("Best epoch: "))
    assert ("optimistic (selection bias): early stopping has chosen" in best) == marked


@pytest.mark.parametrize(
    ("kind", "fields", "events", "mark"),
    [
        ("sweep", SWEEP, sweep_events(), "5 seeds"),
        ("random_search", RANDOM, search_events(), "3 folds"),
        ("hyperband", HYPERBAND, hyperband_events(), "best epoch"),
    ],
)
def test_what_a_search_chose_by_says_what_it_is_the_mean_of(
    store: Store, kind: str, fields: dict[str, Any], events: list[Any], mark: str
) -> None:
    record, state = stored(store, kind, fields, events)
    assert record.best_epoch_val_accuracy is None
    assert cell(record, "selection").endswith(f" % {mark}")
    found = run_object(record, state)
    assert (found["selection_score"], found["selection_over"]) == (record.selection_score, mark)
    # the mean over folds is not the figure of the network that was kept
    assert cell(record, "validation") == "97.1 %"


def test_a_training_has_no_selection_score(store: Store) -> None:
    record, state = stored(store, "train", {}, train_events(20, 20))
    assert cell(record, "selection") == "–"
    assert run_object(record, state)["selection_over"] is None


def test_the_logs_say_what_the_figures_of_an_epoch_are(store: Store) -> None:
    record, state = stored(store, "train", {}, train_events(20, 20))
    before, _ = around_epochs(record, state, 200)
    assert "accuracy and loss of an epoch are running means" in " ".join(t for _, t in before)
    assert "a loss is log loss + penalties" in " ".join(text for _, text in before)
    record, state = stored(store, "sweep", SWEEP, sweep_events())
    assert any("are running means" in moment.text for moment in moments(record, state))
