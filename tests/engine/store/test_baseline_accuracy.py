"""Which baseline stands beside a run: the newest one with equal data, split and preprocessing."""

from typing import Any

import pytest

from engine.kinds import make_spec
from engine.runs.events import Ended
from engine.store.store import Store
from engine.store.writer import RunWriter, claim, keep_data_hash
from tests.support.stored_runs import baseline_events

VALIDATION = 67 / 69


def stored(store: Store, kind: str, sha256: str = "a", **fields: Any) -> int:
    """A run that has read a file of that hash; a baseline has finished, too."""
    run = store.submit(make_spec(kind, fields))
    record = claim(store, (kind,), {})
    assert record is not None
    with store.writing() as connection:
        keep_data_hash(connection, run, record.spec, sha256)
        if kind == "baseline":
            RunWriter(record).write(connection, baseline_events())
    return run


@pytest.fixture
def store(tmp_path: Any) -> Any:
    """An empty store."""
    with Store.open(tmp_path) as opened:
        yield opened


def test_it_is_the_validation_accuracy_of_a_baseline_on_the_same_sets(store: Store) -> None:
    network = stored(store, "train", epochs=7)
    assert store.run(network).baseline_accuracy is None
    baseline = stored(store, "baseline", inverse_regularization=0.1)
    assert store.run(network).baseline_accuracy == pytest.approx(VALIDATION)
    store.delete(baseline)
    assert store.run(network).baseline_accuracy is None


def test_it_is_the_newest(store: Store) -> None:
    network = stored(store, "train")
    stored(store, "baseline")
    newest = stored(store, "baseline")
    with store.writing() as connection:
        connection.execute(
            "UPDATE runs SET metrics = '{\"val_accuracy\": 0.5}' WHERE id = ?", (newest,)
        )
    assert store.run(network).baseline_accuracy == 0.5


@pytest.mark.parametrize(
    "other",
    [
        {"sha256": "b"}, {"target": "sex"}, {"exclude": ["sex"]}, {"split_seed": 1},
        {"test_fraction": 0.3}, {"validation_fraction": 0.3}, {"scaling": "min_max"},
        {"category_encoding": "ordinal"}, {"protocol": "as_published"},
    ],
)  # fmt: skip
def test_other_data_another_split_or_other_preprocessing_is_no_match(
    store: Store, other: dict[str, Any]
) -> None:
    stored(store, "baseline", **other)
    assert store.run(stored(store, "train")).baseline_accuracy is None


def test_the_files_name_does_not_count(store: Store) -> None:
    stored(store, "baseline", data="/tmp/first.csv", target="species")
    assert store.run(stored(store, "train")).baseline_accuracy == pytest.approx(VALIDATION)


def test_one_that_has_not_finished_is_none(store: Store) -> None:
    run = store.submit(make_spec("baseline", {}))
    record = claim(store, ("baseline",), {})
    assert record is not None
    with store.writing() as connection:
        keep_data_hash(connection, run, record.spec, "a")
        RunWriter(record).write(connection, [Ended(status="failed")])
    assert store.run(stored(store, "train")).baseline_accuracy is None
