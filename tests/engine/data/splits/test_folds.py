"""Folds of a search: nothing of a row that is not learnt from reaches what is learnt."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.splits.folds import PublishedPool, StrictPool
from engine.data.splits.split import split
from engine.data.table import Table
from engine.errors import EngineError
from engine.runs.held_out_rows import HeldOutRows
from engine.specs.data import DataSpec

SPEC = DataSpec()


@pytest.fixture(scope="module")
def table() -> Table:
    return load(SPEC)


def changed(table: Table, places: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Table:
    """The table with enormous measurements in some rows."""
    frame: pd.DataFrame = table.frame.copy()
    frame.iloc[places, frame.columns.get_loc("body_mass_g")] = 1e6
    return replace(table, frame=frame)


@pytest.mark.parametrize("steered", [False, True])
def test_a_fold_learns_from_its_training_rows_alone(table: Table, steered: bool) -> None:
    pool = StrictPool(table, SPEC, 7, early_stopping=steered)
    found = split(table, SPEC)
    index = np.concatenate([found.train, found.validation])
    for rows, held in pool.folds(3).split(np.zeros(len(pool.y)), pool.y):
        portion = pool.portion(rows)
        other = [held] if portion.selection_set is None else [held, portion.selection_set]
        loud = changed(table, index[np.concatenate(other)])
        again = StrictPool(loud, SPEC, 7, early_stopping=steered).portion(rows)
        assert np.array_equal(again.train, portion.train)
        assert np.array_equal(again.x[portion.train], portion.x[portion.train])


def test_the_sealed_rows_are_in_no_pool(table: Table) -> None:
    pool = StrictPool(table, SPEC, 7, early_stopping=False)
    everything = np.arange(len(pool.y))
    parts = pool.datasets(everything)
    test = set(table.rows[split(table, SPEC).test].tolist())
    assert not test & set(parts.train.rows.tolist())
    opened: list[HeldOutRows] = []
    assert set(parts.test.open(opened.append).rows.tolist()) == test
    assert [rows.id for rows in opened] == [preprocess(table, SPEC).test.key]
    assert parts.validation is None


def test_what_steers_is_a_stratified_share_of_the_training_rows(table: Table) -> None:
    pool = StrictPool(table, SPEC, 7, early_stopping=True)
    rows, held = next(iter(pool.folds(3).split(np.zeros(len(pool.y)), pool.y)))
    portion = pool.portion(rows)
    assert portion.selection_set is not None
    joined = np.sort(np.concatenate([portion.train, portion.selection_set]))
    assert np.array_equal(joined, rows)
    assert not set(joined) & set(held)
    for label, total in enumerate(np.bincount(pool.y[rows])):
        share = (pool.y[portion.selection_set] == label).sum() / total
        assert share == pytest.approx(SPEC.validation_fraction, abs=0.02)


def test_folds_are_stratified_shuffled_and_follow_their_seed(table: Table) -> None:
    def folds(seed: int) -> list[list[int]]:
        pool = StrictPool(table, SPEC, seed, early_stopping=False)
        parts = pool.folds(3).split(np.zeros(len(pool.y)), pool.y)
        counts = [np.bincount(pool.y[held]) for _, held in parts]
        assert max(np.ptp(np.array(counts), axis=0)) <= 1
        return [held.tolist() for _, held in pool.folds(3).split(np.zeros(len(pool.y)), pool.y)]

    assert folds(1) == folds(1)
    assert folds(1) != folds(2)


def test_a_set_of_rows_is_prepared_once(table: Table) -> None:
    pool = StrictPool(table, SPEC, 7, early_stopping=False)
    rows = np.arange(50)
    assert pool.portion(rows) is pool.portion(rows.copy())


def test_more_folds_than_rows_of_any_class_are_refused(table: Table) -> None:
    small = replace(table, frame=table.frame.iloc[:9], codes=np.repeat([0, 1, 2], 3))
    pool = StrictPool(replace(small, rows=table.rows[:9]), SPEC, 7, early_stopping=False)
    with pytest.raises(EngineError, match="folds"):
        pool.folds(3)


def test_as_published_the_test_part_steers(table: Table) -> None:
    spec = DataSpec(protocol="as_published")
    prepared = preprocess(table, spec)
    pool = PublishedPool(prepared)
    portion = pool.portion(np.arange(100))
    assert portion.validation is not None
    assert np.array_equal(portion.validation[0], prepared.selection_set.x)
    assert pool.folds(3).shuffle is False
