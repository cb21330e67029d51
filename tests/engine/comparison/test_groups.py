"""Runs grouped by a setting: their means, and what the interval of each covers."""

from pathlib import Path

import pytest

from engine.comparison.comparison import Comparison, compared_runs
from engine.comparison.groups import ALL, also_differ, groupable, grouped, mean_curve
from engine.results.statistics import accuracy_band, mean_band
from engine.store.store import Store
from tests.support.stored.compared import curve, put_compared


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home folder with nothing in it."""
    (tmp_path / "home").mkdir(mode=0o700)
    return tmp_path / "home"


def compared(folder: Path) -> Comparison:
    with Store.open(folder) as store:
        return compared_runs(store, reversed(store.runs()))


def test_settings_that_runs_share_come_first_and_then_all_runs(folder: Path) -> None:
    for seed, dropout in enumerate((0.0, 0.0, 0.4)):
        put_compared(folder, [201], dropout=dropout, seed=seed)
    found = compared(folder)
    assert groupable(found) == ("dropout", ALL)
    assert [group.value for group in grouped(found, "dropout")] == [0.0, 0.4]
    assert [len(group.outcomes) for group in grouped(found, ALL)] == [3]


def test_it_is_known_in_what_the_runs_of_a_group_differ_beside_chance(folder: Path) -> None:
    put_compared(folder, [201], dropout=0.4, seed=1)
    put_compared(folder, [201], dropout=0.4, seed=2, learning_rate=0.1)
    put_compared(folder, [201], seed=3)
    found = compared(folder)
    assert also_differ(found, grouped(found, "dropout"), "dropout") == ("learning_rate",)


def test_the_interval_of_a_group_is_over_seeds_on_one_split(folder: Path) -> None:
    for seed, wrong in enumerate((3, 5, 10)):
        put_compared(folder, range(201, 201 + wrong), seed=seed)
    [group] = grouped(compared(folder), ALL)
    assert group.accuracy == accuracy_band([0.97, 0.95, 0.90], 100)


def test_it_is_over_splits_and_wider_where_the_rows_differ(folder: Path) -> None:
    for seed, wrong in enumerate((3, 5, 10)):
        rows = range(201 - seed, 301 - seed)
        put_compared(folder, range(201, 201 + wrong), validation=rows, split_seed=seed)
    [group] = grouped(compared(folder), ALL)
    assert group.accuracy == accuracy_band([0.97, 0.95, 0.90], 100, 100 / 200)


def test_runs_on_different_data_have_a_mean_without_an_interval(folder: Path) -> None:
    put_compared(folder, [201])
    put_compared(folder, [201, 202, 203], sha="b" * 64)
    [group] = grouped(compared(folder), ALL)
    assert group.accuracy is not None
    assert group.accuracy.mean == pytest.approx(0.98)
    assert (group.accuracy.low, group.accuracy.covers) == (None, None)


def test_the_mean_of_curves_ends_with_the_shortest(folder: Path) -> None:
    first, second = curve(1500, 100), curve(1000, 200)
    put_compared(folder, [201], block=first)
    put_compared(folder, [202], block=second, seed=1)
    [group] = grouped(compared(folder), ALL)
    found = mean_curve(group, "val_loss")
    assert found is not None
    assert (found.epochs[0], found.epochs[-1]) == (1, 996)
    assert len(found.epochs) == 200
    for place in (0, 100, 199):
        epoch = found.epochs[place] - 1
        band = mean_band([own.columns[2][epoch] for own in (first, second)])
        assert (found.mean[place], found.low[place]) == pytest.approx((band.mean, band.low))
