"""Whose rows stay together: groups, the order of time, a test file, and the weights of rows."""

import csv
import random
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.splits.folds import StrictPool
from engine.data.splits.split import split
from engine.data.table import Table
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.specs.data import DataSpec
from engine.specs.invalid import InvalidSpec


def write(path: Path, names: str, rows: Iterable[tuple[object, ...]]) -> str:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names.split(","))
        writer.writerows(rows)
    return str(path)


@pytest.fixture
def visits(tmp_path: Path) -> str:
    """Visits of 80 patients on many days, 1 to 9 each; a third of the patients are ill."""
    chance = random.Random(0)
    rows = [
        (f"p{p:03d}", f"2021-{1 + day // 28:02d}-{1 + day % 28:02d}", round(chance.random(), 3),
         1 + p % 3, "ill" if p % 3 == 0 else "well")
        for p in range(80)
        for day in chance.sample(range(300), 1 + p % 9)
    ]  # fmt: skip
    chance.shuffle(rows)
    return write(tmp_path / "visits.csv", "patient,day,x,weight,y", rows)


def made(path: str, **fields: object) -> tuple[Table, DataSpec]:
    spec = DataSpec.model_validate({"data": path, "target": "y", **fields})
    return load(spec), spec


def test_a_group_stays_in_one_set_and_classes_are_stratified_as_far_as_possible(
    visits: str,
) -> None:
    table, spec = made(visits, group="patient")
    assert "patient" not in table.features
    sets = split(table, spec).by_name
    groups = {name: set(table.frame["patient"].iloc[index]) for name, index in sets.items()}
    assert not groups["train"] & groups["validation"]
    assert not groups["train"] & groups["test"]
    assert not groups["validation"] & groups["test"]
    assert sum(len(index) for index in sets.values()) == len(table.codes)
    whole = np.bincount(table.codes) / len(table.codes)
    for name, fraction in (("train", 0.6), ("validation", 0.2), ("test", 0.2)):
        assert len(sets[name]) / len(table.codes) == pytest.approx(fraction, abs=0.03)
        own = np.bincount(table.codes[sets[name]]) / len(sets[name])
        assert own == pytest.approx(whole, abs=0.05)
    notes = preprocess(table, spec).notes
    assert not any("several sets" in note for note in notes)
    other = split(table, spec.model_copy(update={"split_seed": 1}))
    assert set(other.test.tolist()) != set(sets["test"].tolist())
    again = split(table, spec, repeat=2)
    assert set(again.test.tolist()) == set(sets["test"].tolist())
    assert set(again.train.tolist()) != set(sets["train"].tolist())


def test_folds_keep_groups_too(visits: str) -> None:
    table, spec = made(visits, group="patient")
    pool = StrictPool(table, spec, 7, early_stopping=True)
    index = np.concatenate([split(table, spec).train, split(table, spec).validation])  # type: ignore[list-item]
    patients = table.frame["patient"].to_numpy()[index]
    held: list[int] = []
    for rows, out in pool.folds(4).split(np.zeros(len(pool.y)), pool.y):
        held += out.tolist()
        portion = pool.portion(rows)
        assert portion.selection_set is not None
        of = [set(patients[own]) for own in (portion.train, portion.selection_set, out)]
        assert not of[0] & of[1]
        assert not of[0] & of[2]
        assert not of[1] & of[2]
    assert sorted(held) == list(range(len(pool.y)))


def test_more_folds_than_groups_are_refused(tmp_path: Path) -> None:
    rows = [(f"g{i % 5}", i % 7, "ab"[i % 2]) for i in range(60)]
    table, spec = made(write(tmp_path / "t.csv", "g,x,y", rows), group="g")
    pool = StrictPool(table, spec, 7, early_stopping=False)
    with pytest.raises(EngineError, match="folds: 9 folds need 9 groups, and 'g' has 4"):
        pool.folds(9)


def test_the_last_rows_in_time_are_the_test_set(visits: str) -> None:
    table, spec = made(visits, order="day")
    sets = split(table, spec).by_name
    days = {name: table.frame["day"].iloc[index] for name, index in sets.items()}
    assert days["train"].max() < days["validation"].min()
    assert days["validation"].max() < days["test"].min()
    for name, fraction in (("validation", 0.2), ("test", 0.2)):
        assert len(sets[name]) / len(table.codes) == pytest.approx(fraction, abs=0.03)


def test_folds_in_time_learn_from_what_comes_before(visits: str) -> None:
    table, spec = made(visits, order="day")
    pool = StrictPool(table, spec, 7, early_stopping=True)
    index = np.concatenate([split(table, spec).train, split(table, spec).validation])  # type: ignore[list-item]
    days = table.frame["day"].to_numpy()[index]
    folds = list(pool.folds(3).split(np.zeros(len(pool.y)), pool.y))
    assert [len(rows) for rows, _ in folds] == sorted(len(rows) for rows, _ in folds)
    for rows, out in folds:
        portion = pool.portion(rows)
        assert portion.selection_set is not None
        assert days[portion.train].max() <= days[portion.selection_set].min()
        assert days[rows].max() <= days[out].min()


def test_a_column_that_tells_no_order_is_refused(tmp_path: Path) -> None:
    same = write(tmp_path / "same.csv", "t,x,y", ((7, i % 5, "ab"[i % 2]) for i in range(40)))
    with pytest.raises(EngineError, match="order: 't' has too few different values"):
        split(*made(same, order="t"))
    late = write(tmp_path / "late.csv", "t,x,y", ((i, i % 5, "ab"[i > 35]) for i in range(40)))
    with pytest.raises(EngineError, match="order: the training set has no row of class 'b'"):
        split(*made(late, order="t"))


def test_too_few_groups_for_the_sets_are_refused(tmp_path: Path) -> None:
    rows = ((f"g{i // 10}", i % 5, "ab"[i % 2]) for i in range(20))
    few = write(tmp_path / "few.csv", "g,x,y", rows)
    with pytest.raises(EngineError, match=r"group: 'g' has too few .* set would be empty"):
        split(*made(few, group="g"))


def test_a_test_file_is_the_test_set(tmp_path: Path) -> None:
    chance = random.Random(0)

    def rows(count: int, *more: str) -> list[tuple[object, ...]]:
        kinds = ["red", "blue", *more]
        return [
            (round(chance.random(), 3), kinds[i % len(kinds)], f"2020-01-{1 + i % 28:02d}",
             "ab"[i % 2])
            for i in range(count)
        ]  # fmt: skip

    own = write(tmp_path / "own.csv", "x,colour,day,y", rows(100))
    # other columns, another order, a new category, and a class that is not in the data
    test = [(y, colour, x, day, "!") for x, colour, day, y in rows(30, "green")]
    path = write(tmp_path / "test.csv", "y,colour,x,day,more", [*test, ("c", "red", 1, "", "")])
    table, spec = made(own, test_data=path)
    prepared = preprocess(table, spec)
    assert prepared.split_rows == {"train": 80, "validation": 20, "test": 30}
    held = prepared.test.open(lambda rows: None)
    assert held.rows.tolist() == list(range(101, 131))
    assert [table.classes[code] for code in held.y] == [row[0] for row in test]
    assert any("1 rows of the test file are dropped" in note and "'c'" in note
               for note in table.notes)  # fmt: skip
    assert any("10 rows have a category that the training set lacks" in n for n in prepared.notes)
    alone, plain = made(own)
    assert preprocess(alone, plain).test_set_id != prepared.test_set_id
    # what is learnt from is of the file alone
    assert set(prepared.train.rows.tolist()) < set(range(1, 101))
    assert prepared.set_codes()[100:].tolist() == [3] * 30


def test_a_test_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    own = write(tmp_path / "own.csv", "x,y", ((i % 9, "ab"[i % 2]) for i in range(40)))
    path = write(tmp_path / "test.csv", "z,y", ((i % 9, "ab"[i % 2]) for i in range(9)))
    with pytest.raises(EngineError, match=r"test_data: .*no column 'x'"):
        made(own, test_data=path)
    path = write(tmp_path / "words.csv", "x,y", (("much", "ab"[i % 2]) for i in range(9)))
    with pytest.raises(EngineError, match=r"test_data: .*'x' has to hold numbers"):
        made(own, test_data=path)


def test_rows_are_weighted_by_a_column(visits: str) -> None:
    table, spec = made(visits, sample_weight="weight")
    assert "weight" not in table.features
    train = preprocess(table, spec).train
    assert train.weights is not None
    assert train.weights.tolist() == table.frame["weight"].iloc[train.rows - 1].tolist()
    assert any("weighted by 'weight'" in note for note in table.notes)


@pytest.mark.parametrize("cell", ["-1", "", "inf"])
def test_a_weight_below_0_or_none_is_refused_with_its_line(tmp_path: Path, cell: str) -> None:
    rows = [(1, i % 5, "ab"[i % 2]) for i in range(40)]
    path = write(tmp_path / "t.csv", "w,x,y", [*rows, (cell, 1, "a")])
    with pytest.raises(EngineError, match=r"'w' has no weight from 0 upward on line 42 \(1 such"):
        made(path, sample_weight="w")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"group": "g", "order": "t"}, "order: group is set as well"),
        ({"group": "y"}, "group: 'y' is the target"),
        ({"sample_weight": "y"}, "sample_weight: 'y' is the target"),
        ({"order": "t", "protocol": "as_published"}, "order: as_published splits as the post did"),
        ({"include": ["a"], "exclude": ["a"]}, "include: 'a' is in exclude as well"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    fields: dict[str, object], told: str
) -> None:
    with pytest.raises(InvalidSpec, match=told):
        make_spec("train", {"data": "/t.csv", "target": "y", **fields})
