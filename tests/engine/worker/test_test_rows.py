"""Test evaluations are counted by rows, whatever file, order, format or fraction they came in."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.splits.split import split
from engine.jobs.trials.subruns import SubrunReporter
from engine.kinds import make_spec
from engine.runs import reporter
from engine.runs.held_out_rows import HeldOutRows
from engine.specs.data import DataSpec
from engine.store.home import copies_path
from engine.store.store import Store
from engine.store.writer import count_test_evaluation, keep_data_hash
from engine.worker.test_rows import count_rows, rebuild_counts
from penguin_tui.presentation.words import evaluated
from tests.support.stored.released_homes import RELEASES, copy_of

PENGUINS = Path("engine/data/penguins.csv").read_text("utf-8")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own, without an engine."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    with Store.open(folder) as opened:
        yield opened


def data_of(store: Store, body: str) -> Path:
    """A file with that content."""
    path = store.home.parent / f"{len(list(store.home.parent.iterdir()))}.csv"
    path.write_bytes(body.encode())
    return path


def held_out(path: Path, **fields: Any) -> tuple[HeldOutRows, str]:
    """The test rows of a file, and the file's hash."""
    spec = DataSpec.model_validate({"data": str(path), "target": "species"} | fields)
    table = load(spec)
    found: list[HeldOutRows] = []
    preprocess(table, spec).test.open(found.append)
    return found[0], table.file.sha256


def evaluate(store: Store, path: Path, *, by_rows: bool = True, **fields: Any) -> int:
    """Evaluate the test set of a file; returns the run."""
    run = store.submit(make_spec("baseline", {"data": str(path), "target": "species"} | fields))
    rows, sha256 = held_out(path, **fields)
    with store.writing() as connection:
        keep_data_hash(connection, run, store.run(run).spec, sha256)
        if by_rows:
            count_rows(connection, run, rows)
        else:
            # as versions before 0.3.0 counted
            count_test_evaluation(connection, run, rows.id)
    return run


def counts(store: Store, *runs: int) -> list[int]:
    return [store.run(run).test_evaluations for run in runs]


def written(**how: Any) -> str:
    """The penguins, written in another way."""
    text: str = pd.read_csv("engine/data/penguins.csv", keep_default_na=False).to_csv(
        index=False, **how
    )
    return text


REVERSED = PENGUINS.splitlines()[0].split(",")[::-1]
ADDED = "\n".join(f"{line},{i or 'note'}" for i, line in enumerate(PENGUINS.splitlines()))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PENGUINS + "\n", id="a trailing newline"),
        pytest.param(PENGUINS.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(written(sep=";"), id="another delimiter"),
        pytest.param(written(columns=REVERSED), id="reversed columns"),
        pytest.param(ADDED, id="an added column"),
    ],
)
def test_another_way_to_write_the_data_does_not_reset_the_count(store: Store, body: str) -> None:
    first = evaluate(store, data_of(store, PENGUINS))
    second = evaluate(store, data_of(store, body))
    assert counts(store, first, second) == [2, 2]
    third = evaluate(store, data_of(store, PENGUINS))
    assert counts(store, first, second, third) == [3, 3, 3]


def test_another_test_fraction_does_not_reset_the_count(store: Store) -> None:
    path = data_of(store, PENGUINS)
    first = evaluate(store, path)
    assert counts(store, first, evaluate(store, path, test_fraction=0.3)) == [2, 2]


def test_shown_is_the_largest_number_of_evaluations_that_any_row_was_in(store: Store) -> None:
    """Beside counting by hand, over files that share some of their rows."""
    head, *lines = PENGUINS.splitlines()
    rng = np.random.default_rng(0)
    by_line: Counter[str] = Counter()
    tests: dict[int, list[str]] = {}
    for seed in range(12):
        own = [lines[i] for i in rng.permutation(344)[:250]]
        path = data_of(store, "\n".join([head, *own]))
        fields = {"split_seed": seed, "test_fraction": (0.1, 0.2, 0.4)[seed % 3]}
        run = evaluate(store, path, **fields)
        spec = DataSpec.model_validate({"data": str(path), "target": "species"} | fields)
        tests[run] = [own[i] for i in split(load(spec), spec).test]
        by_line.update(tests[run])
        expected = {run: max(by_line[line] for line in tests[run]) for run in tests}
        assert {run: store.run(run).test_evaluations for run in tests} == expected
    assert len(set(expected.values())) > 1


def test_rows_of_other_data_are_counted_by_themselves(store: Store) -> None:
    first = evaluate(store, data_of(store, PENGUINS))
    # the species and the islands alone tell hardly a row apart
    bare = pd.read_csv("engine/data/penguins.csv")[["species", "island"]]
    other = bare.assign(x=range(len(bare))).to_csv(index=False)
    assert counts(store, first, evaluate(store, data_of(store, other))) == [1, 1]


def test_counts_of_earlier_versions_are_rebuilt_from_spec_and_data(store: Store) -> None:
    path = data_of(store, PENGUINS)
    old = evaluate(store, path, by_rows=False)
    again = evaluate(store, path, by_rows=False)
    other_fraction = evaluate(store, path, by_rows=False, test_fraction=0.3)
    # what it learnt from was kept, and is gone where it came from
    copy = copies_path(store.home)
    copy.mkdir(mode=0o700)
    sha256 = store.run(old).data_sha256
    path.rename(copy / f"{sha256}.csv")
    rebuild_counts(store.home)
    assert counts(store, old, again, other_fraction) == [3, 3, 3]
    assert store.run(old).test_rows_known
    new = evaluate(store, data_of(store, PENGUINS + "\n"))
    assert counts(store, old, new) == [4, 4]
    assert evaluated(store.run(new)) == "evaluated 4 times"


def test_where_the_data_are_gone_the_old_count_stays_and_the_text_says_so(store: Store) -> None:
    path = data_of(store, PENGUINS)
    old = evaluate(store, path, by_rows=False)
    evaluate(store, path, by_rows=False)
    path.unlink()
    rebuild_counts(store.home)
    record = store.run(old)
    assert (record.test_evaluations, record.test_rows_known) == (2, False)
    assert evaluated(record) == "evaluated 2 times (counted by file: its data are gone)"
    # and are counted by rows from the moment on that the data are back
    path.write_text(PENGUINS, "utf-8")
    new = evaluate(store, path)
    assert counts(store, old, new) == [3, 3]
    assert evaluated(store.run(old)) == "evaluated 3 times"


def test_data_that_have_changed_are_not_taken_for_those_of_an_earlier_run(store: Store) -> None:
    path = data_of(store, PENGUINS)
    old = evaluate(store, path, by_rows=False)
    path.write_text("\n".join(PENGUINS.splitlines()[:200]), "utf-8")
    rebuild_counts(store.home)
    assert not store.run(old).test_rows_known


@pytest.mark.parametrize("release", RELEASES)
def test_the_counts_of_a_released_version_carry_over(release: str, tmp_path: Path) -> None:
    folder = copy_of(release, tmp_path / "released")
    with Store.open(folder) as store:
        before = {record.id: record.test_evaluations for record in store.runs()}
        assert any(before.values())
        rebuild_counts(folder)
        for record in store.runs():
            assert record.test_rows_known, record.id
            assert record.test_evaluations >= before[record.id], record.id


def test_a_reproduction_spends_no_test_row(store: Store) -> None:
    whole = reporter.Reporter()
    SubrunReporter(whole, 0).emit(reporter.TestEvaluated(held_out(data_of(store, PENGUINS))[0]))
    assert whole.drain() == []


def test_a_sketch_of_the_rows_is_kept_once_for_each_data_set(store: Store) -> None:
    path = data_of(store, PENGUINS)
    for seed in range(5):
        evaluate(store, path, split_seed=seed)
    ((tables, size),) = store.select("SELECT count(*), sum(length(hashes)) FROM row_tables")
    assert (tables, size) == (1, 344 * 7 * 8)
