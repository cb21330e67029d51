"""Rows are known again by their values: in another file, format, order, with other columns."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data import row_hashes as hashing
from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.row_hashes import RowHashes, same_rows
from engine.runs.held_out_rows import HashedTable, HeldOutRows
from engine.specs.data import DataSpec

ROWS = 60


def frame(**columns: object) -> pd.DataFrame:
    """A small table of its own in every row."""
    rng = np.random.default_rng(0)
    own = {
        "mass": rng.normal(size=ROWS).round(3),
        "length": rng.integers(100, 1000, ROWS),
        "place": [f"p{i % 7}" for i in range(ROWS)],
        "kind": [("a", "b", "c")[i % 3] for i in range(ROWS)],
    }
    return pd.DataFrame(own | columns)


def hashed(table: pd.DataFrame, target: str = "kind") -> HashedTable:
    """A table by its hashes, its texts as categories, as tables are loaded."""
    texts = table.select_dtypes(exclude="number")
    return RowHashes.of(table.assign(**texts.astype(object).astype("category")), target).table


def held_out(folder: Path, body: str, **fields: object) -> HeldOutRows:
    """What is reported of the test rows of a file."""
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    path.write_bytes(body.encode())
    spec = DataSpec(data=str(path), target="kind", **fields)  # type: ignore[arg-type]
    found: list[HeldOutRows] = []
    preprocess(load(spec), spec).test.open(found.append)
    return found[0]


PLAIN = frame().to_csv(index=False)
SAME = {
    "a trailing newline": PLAIN + "\n",
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "semicolons": PLAIN.replace(",", ";"),
    "tabs": PLAIN.replace(",", "\t"),
    "quotes": "\n".join(",".join(f'"{c}"' for c in r.split(",")) for r in PLAIN.splitlines()),
    "decimal comma": frame().to_csv(index=False, sep=";", decimal=","),
    "reversed columns": frame()[list(frame())[::-1]].to_csv(index=False),
    "other digits": frame(length=[f"{n}.0" for n in frame().length]).to_csv(index=False),
}


@pytest.mark.parametrize("change", SAME)
def test_the_same_rows_written_otherwise_are_the_same_test_set(tmp_path: Path, change: str) -> None:
    one, other = held_out(tmp_path, PLAIN), held_out(tmp_path, SAME[change])
    assert one.table == other.table
    assert one.members == other.members
    assert one.id != other.id


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert hashed(frame()) == hashed(frame().sample(frac=1, random_state=3))


def shared(one: pd.DataFrame, other: pd.DataFrame) -> int | None:
    """How many distinct rows two tables have in common; None where they are different data."""
    found = same_rows(hashed(one), hashed(other))
    return None if found is None else len(np.intersect1d(*found))


def test_added_and_removed_columns_and_rows_leave_the_others_known() -> None:
    assert shared(frame(), frame(extra=range(ROWS))) == ROWS
    assert shared(frame(), frame().drop(columns="length")) == ROWS
    assert shared(frame(), frame().iloc[5:]) == ROWS - 5
    changed = frame()
    changed.loc[3, "mass"] = 99.0
    assert shared(frame(), changed) == ROWS - 1


@pytest.mark.parametrize(("distinct", "same"), [(54, True), (53, False)])
def test_shared_columns_have_to_tell_nine_tenths_of_the_rows_apart(
    distinct: int, same: bool
) -> None:
    kind = ["a"] * ROWS
    number = [min(i, distinct - 1) for i in range(ROWS)]
    one = pd.DataFrame({"number": number, "kind": kind, "own": range(ROWS)})
    other = pd.DataFrame({"number": number, "kind": kind, "else": range(ROWS)})
    assert (shared(one, other) is not None) is same
    assert (shared(other, one) is not None) is same


def test_another_target_is_another_test_set() -> None:
    assert same_rows(hashed(frame()), hashed(frame(), "place")) is None


def test_missing_values_and_numbers_among_texts_are_known_by_value() -> None:
    numbers = frame(mass=[np.nan, *range(1, ROWS)])
    texts = numbers.assign(mass=[None, *(f"{i}.0" for i in range(1, ROWS))])
    assert hashed(numbers) == hashed(texts)


def test_a_large_table_keeps_a_sample_and_is_known_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "KEPT_HASHES", 2_000)
    rng = np.random.default_rng(1)
    large = pd.DataFrame({"x": rng.normal(size=4000), "kind": ["a", "b"] * 2000})
    found = hashed(large)
    assert 300 <= found.rows <= 700
    assert len(found.hashes) <= 8 * 2_000
    assert found == hashed(large.sample(frac=1, random_state=1))
    numbers = same_rows(found, hashed(large.assign(more=range(4000))))
    assert numbers is not None
    assert len(np.intersect1d(*numbers)) > 20


def test_a_wide_table_keeps_some_columns_and_a_hash_of_all() -> None:
    wide = pd.DataFrame({f"c{i}": np.eye(200)[i] for i in range(200)} | {"kind": ["a", "b"] * 100})
    found = hashed(wide)
    assert len(found.columns) == hashing.KEPT_COLUMNS + 1
    # some of the columns tell few rows apart here, all of them together do
    assert found == hashed(wide[list(wide)[::-1]])
    longer = hashed(wide.iloc[:150])
    numbers = same_rows(found, longer)
    assert numbers is not None
    assert len(np.intersect1d(*numbers)) == 150


def test_the_hashes_stay_what_they_are() -> None:
    """They are in people's stores: another version of pandas must not change them unseen."""
    frame = pd.DataFrame({"x": [1.5, np.nan], "kind": pd.Categorical(["Adelie", "Gentoo"])})
    found = [f"{number:016x}" for number in hashing.row_hashes(frame, ["x", "kind"]).tolist()]
    assert found == ["0fbc95100111a302", "f95c8cc4b6903b09"]
