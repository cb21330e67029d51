"""Which baseline stands beside a run: the newest one with equal data, split and preprocessing."""

import hashlib
import json
from typing import Any

import pytest

from engine.kinds import make_spec
from engine.runs.events import Ended
from engine.sources.files import locate
from engine.store.store import Store
from engine.store.writer import RunWriter, claim, keep_data_hash
from tests.support.stored.runs import baseline_events

VALIDATION = 67 / 69


def stored(
    store: Store, kind: str, sha256: str = "a", test_sha256: str | None = None, **fields: Any
) -> int:
    """A run that has read files of these hashes; a baseline has finished, too."""
    run = store.submit(make_spec(kind, fields))
    record = claim(store, (kind,), {})
    assert record is not None
    with store.writing() as connection:
        keep_data_hash(connection, run, record.spec, sha256, test_sha256)
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


def test_the_content_of_the_test_file_counts_and_its_name_does_not(store: Store) -> None:
    stored(store, "baseline", test_sha256="t", test_data="/tmp/first.csv")
    elsewhere = {"test_data": "/tmp/second.csv"}
    same = store.run(stored(store, "train", test_sha256="t", **elsewhere))
    assert same.baseline_accuracy == pytest.approx(VALIDATION)
    assert same.test_data_sha256 == "t"
    for other in ({"test_sha256": "u", **elsewhere}, elsewhere, {}):
        assert store.run(stored(store, "train", **other)).baseline_accuracy is None


def test_runs_without_a_test_file_and_those_of_before_keep_their_identity() -> None:
    spec = make_spec("train", {})
    settings = spec.data_spec.model_dump(mode="json", exclude={"data"})
    before = hashlib.sha256(json.dumps(["a", settings], sort_keys=True).encode()).hexdigest()
    assert spec.data_id("a") == before
    packaged = hashlib.sha256(locate("penguins").read_bytes()).hexdigest()
    as_before = make_spec("train", {"reader": 2})
    assert spec.data_id(packaged) == as_before.data_id(packaged)
    assert spec.data_id("a") != as_before.data_id("a")
    by_path = make_spec("train", {"test_data": "/tmp/first.csv"})
    assert by_path.data_id("a") not in (before, by_path.data_id("a", "t"))


def test_one_that_has_not_finished_is_none(store: Store) -> None:
    run = store.submit(make_spec("baseline", {}))
    record = claim(store, ("baseline",), {})
    assert record is not None
    with store.writing() as connection:
        keep_data_hash(connection, run, record.spec, "a")
        RunWriter(record).write(connection, [Ended(status="failed")])
    assert store.run(stored(store, "train")).baseline_accuracy is None
