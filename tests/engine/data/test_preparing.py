"""Tables as people have them: what is expected of each without setting anything."""

import random
from pathlib import Path

import numpy as np
import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.errors import EngineError
from engine.results.describe import DescribeResult
from engine.specs.data import DataSpec
from tests.support.engine.written_tables import described, noise, write_rows


def excluded(result: DescribeResult) -> set[str]:
    return {column.name for column in result.columns if column.role == "excluded"}


# -- rows that only have a name -------------------------------------------------------------


GAPS = np.cumsum(np.random.default_rng(0).integers(1, 5, 200)).tolist()
FAR = random.Random(1).sample(range(10**5, 10**6), 200)
IDS: dict[str, list[object]] = {
    "id": list(range(1, 201)),
    "n from 0": list(range(200)),
    "case": GAPS,
    "in steps": list(range(10, 2010, 10)),
    "shuffled, with gaps": random.Random(0).sample(range(1000, 1300), 200),
    "CustomerID": list(FAR),
    "patient no": list(FAR),
    "code": [f"A-{i:05d}" for i in range(200)],
    "backwards": list(range(200, 0, -1)),
    "remark": [f"seen by {i} on a walk" for i in range(200)],
}


@pytest.mark.parametrize("name", IDS)
def test_what_only_tells_rows_apart_is_excluded_until_it_is_named(
    tmp_path: Path, name: str
) -> None:
    rows = zip(IDS[name], noise(200), ["abc"[i // 67] for i in range(200)], strict=True)
    path = write_rows(tmp_path, f"{name.replace(',', '')},x,y", rows)
    name = name.replace(",", "")
    result = described(path)
    assert excluded(result) == {name}
    assert any(repr(name) in note and "include" in note for note in result.notes)
    assert not any("nothing about the class" in note for note in result.notes)
    assert result.preprocessed_features == ("x",)
    assert excluded(described(path, include=(name,))) == set()
    assert excluded(described(path, features=(name, "x"))) == set()
    assert excluded(described(path, exclude_ids=False)) == set()


MEASURED: dict[str, list[float]] = {
    "population": [float(v) for v in sorted(random.Random(0).sample(range(10**4, 10**7), 200))],
    "weight": noise(200, 3),
    "age": [random.Random(i).randrange(18, 90) for i in range(200)],
    "price": [float(v) for v in random.Random(2).sample(range(10**3, 10**5), 200)],
    "number of rooms": [random.Random(i).randrange(1, 9) for i in range(200)],
}


@pytest.mark.parametrize("name", MEASURED)
def test_a_measurement_is_learnt_from(tmp_path: Path, name: str) -> None:
    rows = zip(MEASURED[name], noise(200), ["ab"[i % 2] for i in range(200)], strict=True)
    assert excluded(described(write_rows(tmp_path, f"{name},x,y", rows))) == set()


def test_a_table_of_nothing_but_ids_is_learnt_from_with_a_note(tmp_path: Path) -> None:
    path = write_rows(tmp_path, "id,y", ((i, "ab"[i % 2]) for i in range(60)))
    result = described(path)
    assert excluded(result) == set()
    assert any("nothing else to learn from" in note for note in result.notes)


# -- what gives the class away -----------------------------------------------------------------


def test_copies_of_the_target_and_what_gives_it_away_are_named(tmp_path: Path) -> None:
    labels = ["low", "mid", "high"]
    rows = []
    for i, x in enumerate(noise(300)):
        k = i % 3
        near = 10 * k + 9 * random.Random(i).random()
        rows.append((x, 11 + 6 * k, labels[k].upper(), round(near, 3), labels[k]))
    result = described(write_rows(tmp_path, "x,code,copy,near,y", rows))
    told = [note for note in result.notes if "possible leakage" in note]
    named = {name for name in ("code", "copy", "near", "x") if repr(name) in "".join(told)}
    assert named == {"code", "copy", "near"}
    assert any("one to one" in note and "'code'" in note for note in told)
    assert any("100.0 % of" in note and "'near'" in note for note in told)
    assert "possible leakage" in {c.name: c.warning for c in result.columns}["near"]
    # named, and not taken away
    assert excluded(result) == set()


def test_a_rare_class_makes_no_leak_of_any_column(tmp_path: Path) -> None:
    rows = [(x, "rare" if i % 150 == 0 else "often") for i, x in enumerate(noise(900))]
    assert not any("leakage" in n for n in described(write_rows(tmp_path, "x,y", rows)).notes)


def test_an_id_that_stands_in_several_sets_is_named(tmp_path: Path) -> None:
    rows = [(i // 5, x, "ab"[i % 2]) for i, x in enumerate(noise(300))]
    notes = described(write_rows(tmp_path, "patient_id,x,y", rows)).notes
    assert any("values of 'patient_id' stand in several sets" in note for note in notes)


# -- categories ---------------------------------------------------------------------------------


def test_many_categories_become_few_features_and_unknown_ones_are_counted(tmp_path: Path) -> None:
    chance = random.Random(0)
    rows = [
        (f"town {int(chance.paretovariate(0.7)) % 300}", x, "ab"[i % 2])
        for i, x in enumerate(noise(1500))
    ]  # fmt: skip
    result = described(write_rows(tmp_path, "town,x,y", rows))
    assert len(result.preprocessed_features) == 51
    assert "town=infrequent" in result.preprocessed_features
    assert any("'town'" in n and "most frequent are kept" in n for n in result.notes)
    assert any("rows have a category that the training set lacks" in n for n in result.notes)


# -- classes ---------------------------------------------------------------------------------


def rare(folder: Path, counts: dict[str, int]) -> str:
    rows = [(x, name) for name, count in counts.items() for x in noise(count, len(name))]
    return write_rows(folder, "x,y", rows)


def test_rare_classes_are_refused_excluded_or_merged(tmp_path: Path) -> None:
    path = rare(tmp_path, {"a": 30, "b": 30, "one-off": 1, "twice": 2})
    result = described(path)
    assert len(result.classes) == 4
    note = next(note for note in result.notes if "one-off" in note)
    assert "'one-off' (1 row), 'twice' (2 rows)" in note
    assert "rare_classes" in note
    spec = DataSpec(data=path, target="y")
    with pytest.raises(EngineError, match=r"'one-off' \(1 row\), 'twice' \(2 rows\)"):
        preprocess(load(spec), spec)
    out = load(spec.model_copy(update={"rare_classes": "exclude"}))
    assert out.classes == ("a", "b")
    assert len(out.codes) == len(out.frame) == len(out.rows) == 60
    assert "excluded, 3 rows in all: 'one-off' (1 row), 'twice' (2 rows)" in "".join(out.notes)
    merge = spec.model_copy(update={"rare_classes": "merge"})
    merged = load(merge)
    assert merged.classes == ("a", "b", "other")
    assert np.bincount(merged.codes).tolist() == [30, 30, 3]
    assert preprocess(merged, merge).split_rows == {"train": 37, "validation": 13, "test": 13}


def test_a_merged_class_that_is_still_too_small_is_excluded(tmp_path: Path) -> None:
    path = rare(tmp_path, {"a": 30, "b": 30, "one-off": 1})
    spec = DataSpec(data=path, target="y", rare_classes="merge")
    table = load(spec)
    assert table.classes == ("a", "b")
    assert any("excluded" in note for note in table.notes)


QUANTITIES = {
    "price": [random.Random(i).randrange(10_000, 90_000) for i in range(200)],
    "age": [random.Random(i).randrange(18, 90) for i in range(3000)],
    "count": [random.Random(i).randrange(0, 40) for i in range(300)],
}


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_quantity_is_no_class_unless_a_person_says_so(tmp_path: Path, name: str) -> None:
    values = QUANTITIES[name]
    path = write_rows(tmp_path, f"x,{name}", zip(noise(len(values)), values, strict=True))
    with pytest.raises(EngineError, match="regression") as caught:
        load(DataSpec(data=path, target=name))
    assert "column_types" in caught.value.hint
    assert (
        len(load(DataSpec(data=path, target=name, column_types={name: "categorical"})).classes) > 9
    )


@pytest.mark.parametrize("classes", [2, 10, 26, 45])
def test_numbered_classes_are_classes(tmp_path: Path, classes: int) -> None:
    path = write_rows(
        tmp_path, "x,y", ((x, i % classes) for i, x in enumerate(noise(40 * classes)))
    )
    assert len(load(DataSpec(data=path, target="y")).classes) == classes
