"""Data that breaks a training, or seems to: what the real engine makes of it."""

import random
from pathlib import Path
from typing import Any

import pytest

from engine.client.following import follow
from engine.client.submission import submit
from engine.kinds import make_spec
from engine.results.scores import TrainResult
from engine.runs.state import RunState
from engine.store.records import RunRecord
from engine.store.store import Store

SMALL: dict[str, Any] = {"hidden_layers": [8], "epochs": 3}
Rows = list[tuple[object, ...]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.csv"


def write(file: Path, names: list[str], rows: Rows) -> None:
    lines = [",".join(map(str, row)) for row in [tuple(names), *rows]]
    file.write_text("\n".join(lines) + "\n")


def run(store: Store, kind: str, file: Path, **fields: Any) -> tuple[RunRecord, RunState]:
    own = {} if kind in ("describe", "baseline") else SMALL
    spec = make_spec(kind, own | {"data": str(file), "target": "label"} | fields)
    *_, last = follow(store, submit(store, spec))
    return last


def finished(store: Store, kind: str, file: Path, **fields: Any) -> RunState:
    record, state = run(store, kind, file, **fields)
    assert record.status == "finished", record.message
    return state


def trained(store: Store, file: Path) -> RunState:
    """A training, after a look at the data and a baseline, all of which come to their end."""
    finished(store, "describe", file)
    finished(store, "baseline", file)
    return finished(store, "train", file)


def told(state: RunState) -> str:
    return "\n".join(state.warnings)


def two_classes(count: int) -> Rows:
    chance = random.Random(0)
    return [(chance.gauss(i % 2, 0.3), chance.random(), "ab"[i % 2]) for i in range(count)]


def test_a_constant_column_is_told_and_does_no_harm(store: Store, file: Path) -> None:
    write(file, ["x", "y", "same", "label"], [(x, y, 7, c) for x, y, c in two_classes(60)])
    state = trained(store, file)
    assert "'same'" in told(state)
    assert "nothing to learn" in told(state)
    result = state.result
    assert isinstance(result, TrainResult)
    assert result.scores.validation is not None
    assert result.scores.validation.accuracy.value > 0


def test_equal_rows_in_two_parts_are_told(store: Store, file: Path) -> None:
    write(file, ["x", "y", "label"], two_classes(20) * 4)
    assert "test rows are also in the training set" in told(trained(store, file))


def test_labels_that_differ_in_case_or_blanks_are_told(store: Store, file: Path) -> None:
    labels = ("Adelie", "adelie", "Adelie ")
    rows: Rows = [(i, i % 7, labels[i % 3]) for i in range(60)]
    write(file, ["x", "y", "label"], rows)
    assert "differ only in case, blanks" in told(trained(store, file))


def test_ten_rows_are_enough(store: Store, file: Path) -> None:
    write(file, ["x", "y", "label"], two_classes(10))
    state = trained(store, file)
    # a batch of sixteen takes in all that there is to learn from
    assert "batch_size: 16 is above the 6 rows of the training set" in told(state)


def test_five_thousand_columns_are_learnt_from(store: Store, file: Path) -> None:
    chance = random.Random(0)
    rows: Rows = [
        (*(f"{chance.gauss(i % 2, 1):.3f}" for _ in range(5000)), "ab"[i % 2]) for i in range(40)
    ]
    write(file, [*(f"c{i}" for i in range(5000)), "label"], rows)
    # what a description does with as wide a table is tried in test_stop_heeded
    finished(store, "baseline", file)
    state = finished(store, "train", file, batch_size=8)
    assert isinstance(state.result, TrainResult)
    assert state.data is not None
    assert len(state.data.features) == 5000


@pytest.mark.parametrize("kind", ["random_search", "grid_search"])
def test_a_class_that_folds_would_lack_ends_the_search_at_once(
    store: Store, file: Path, kind: str
) -> None:
    # more than a glance takes in, so that the run has to tell
    rows: Rows = [(f"{x:.12f}", f"{y:.12f}", c) for x, y, c in two_classes(6000)]
    write(file, ["x", "y", "label"], [*rows, *((i, i, "rare") for i in range(4))])
    record, state = run(store, kind, file, folds=5, vary={"units": {"values": [4, 8]}})
    assert record.status == "failed"
    assert "folds: 5 folds need 5 rows of each class, and 'rare' has 3 rows" in record.message
    assert record.hint == "Choose from 2 to 3 folds."
    assert state.trials == {}
    record, _ = run(store, kind, file, folds=3, vary={"units": {"values": [4, 8]}}, batch_size=512)
    assert record.status == "finished", record.message


def test_a_class_too_small_to_split_is_told(store: Store, file: Path) -> None:
    write(file, ["x", "y", "label"], [*two_classes(30), (1, 1, "c"), (2, 2, "c")])
    for kind in ("baseline", "train"):
        record, _ = run(store, kind, file)
        assert record.status == "failed"
        assert "Class 'c' (2 rows): the strict protocol needs 3 rows" in record.message
        assert record.hint


def test_a_network_that_is_not_better_than_guessing_says_so(store: Store, file: Path) -> None:
    chance = random.Random(1)
    write(file, ["x", "y", "label"], [
        (chance.random(), chance.random(), "rare" if i % 10 == 0 else "usual") for i in range(100)
    ])  # fmt: skip
    state = finished(store, "train", file, learning_rate=0.003, epochs=30)
    assert isinstance(state.result, TrainResult)
    assert state.result.scores.validation is not None
    assert state.result.scores.validation.majority_accuracy == 0.9
    assert "Not better than always guessing the most frequent class, 'usual': validation" in told(
        state
    )
    assert "against 90.0 %." in told(state)
    assert "Class 'rare' is never predicted, in 80 rows of the training and validation" in told(
        state
    )
    # what is better and predicts every class is not remarked on
    write(file, ["x", "y", "label"], two_classes(100))
    assert not any(word in told(finished(store, "baseline", file)) for word in ("guess", "never"))
