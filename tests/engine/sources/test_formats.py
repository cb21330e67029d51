"""Tables in other formats than plain text, and what is told where one cannot be read."""

import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.data.load import Table, load
from engine.errors import EngineError
from engine.sources.inspect import look, peek
from engine.specs.kinds.describe import DescribeSpec

ROWS = 60
FRAME = pd.DataFrame(
    {
        "zip": [f"{i % 7:05d}" for i in range(ROWS)],
        "note": ["a, b" if i % 2 else 'q"x\ny' for i in range(ROWS)],
        "size": [None if i == 3 else round(i / 7, 3) for i in range(ROWS)],
        "count": [i * 3 % 50 for i in range(ROWS)],
        "when": pd.date_range("2024-01-01", periods=ROWS, freq="D").astype("datetime64[s]"),
        "kind": list("abc") * 20,
    }
)


def write_json(path: Path, *, lines: bool) -> None:
    FRAME.to_json(path, orient="records", lines=lines, date_format="iso")


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("table.csv", FRAME.to_csv(index=False))
        archive.writestr("__MACOSX/._table.csv", "nothing")


WRITERS: dict[str, Callable[[Path], Any]] = {
    "t.csv.gz": lambda path: path.write_bytes(gzip.compress(FRAME.to_csv(index=False).encode())),
    "t.csv.bz2": lambda path: path.write_bytes(bz2.compress(FRAME.to_csv(index=False).encode())),
    "t.csv.xz": lambda path: path.write_bytes(lzma.compress(FRAME.to_csv(index=False).encode())),
    "t.zip": write_zip,
    "t.jsonl": lambda path: write_json(path, lines=True),
    "t.json": lambda path: write_json(path, lines=False),
    "t.parquet": lambda path: FRAME.to_parquet(path),
    "t.xlsx": lambda path: FRAME.to_excel(path, index=False),
    "t.tsv": lambda path: FRAME.to_csv(path, sep="\t", index=False),
}


def read(path: Path, target: str = "kind", **settings: Any) -> Table:
    return load(DescribeSpec(data=str(path), target=target, **settings))


@pytest.mark.parametrize("name", WRITERS)
def test_a_table_is_the_same_in_every_format(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    table = read(tmp_path / name)
    assert table.features == ("zip", "note", "size", "count", "when")
    assert list(table.frame["zip"].cat.categories) == [f"{i:05d}" for i in range(7)]
    assert set(table.frame["note"].cat.categories) == {"a, b", 'q"x\ny'}
    np.testing.assert_allclose(table.frame["size"], FRAME["size"].astype(float))
    assert table.frame["count"].tolist() == FRAME["count"].tolist()
    assert str(table.frame["when"].iloc[1]).startswith("2024-01-02")
    assert table.classes == ("a", "b", "c")
    assert peek(str(tmp_path / name)).columns == tuple(FRAME.columns)


def test_a_workbook_with_titles_and_several_sheets(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"x": ["hello"]}).to_excel(book, sheet_name="Info", index=False, header=False)
        FRAME.to_excel(book, sheet_name="Data", index=False, startrow=3)
    table = read(path)
    assert any("2 sheets 'Data' is read" in note for note in table.notes)
    # the row of the sheet
    assert table.file.line_of(0) == 5


ARFF = """% made by hand
@RELATION 'birds and more'
@attribute 'wing size' numeric
@attribute note string
@attribute size {small, 'very big'}
@attribute class {b, a}
@data
"""


def test_arff(tmp_path: Path) -> None:
    path = tmp_path / "t.arff"
    rows = "".join(
        f"{i}.5, 'it\\'s, {i}', {['small', chr(39) + 'very big' + chr(39)][i % 2]}, {'ab'[i % 2]}\n"
        for i in range(20)
    )
    path.write_text(ARFF + rows + "% done\n?, 'x', ?, a\n")
    table = read(path, "class")
    assert table.features == ("wing size", "size")
    assert table.frame["wing size"].isna().sum() == table.frame["size"].isna().sum() == 1
    assert list(table.frame["size"].cat.categories) == ["small", "very big"]
    assert any("'note' is a text attribute and is excluded" in note for note in table.notes)
    assert "note" in read(path, "class", features=("note", "size")).features
    path.write_text(ARFF + "{0 1.5, 3 a}\n")
    with pytest.raises(EngineError, match="sparse"):
        read(path, "class")


def test_the_three_lines_of_orange(tmp_path: Path) -> None:
    path = tmp_path / "t.tab"
    rows = "".join(f"{i}.5\tn{i}\t{i % 3}\t{'ab'[i % 2]}\n" for i in range(20))
    path.write_text("x\tname\tg\tkind\nc\ts\td\td\n\tmeta\t\tclass\n" + rows)
    table = read(path)
    assert table.features == ("x", "g")
    assert table.types["g"] == "categorical"
    assert len(table.codes) == 20
    assert table.file.line_of(0) == 4
    assert any("'name' is marked 'meta'" in note for note in table.notes)
    assert peek(str(path)).layout.target == "kind"


def test_faults_keep_their_line_in_packed_files(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    body = "x,kind\n" + "1,a\n2,b\n" * 10 + "3,a,4\n" + "1,a\n"
    path.write_bytes(gzip.compress(body.encode()))
    with pytest.raises(EngineError, match="Line 22 has 3 cells"):
        read(path)
    lines = tmp_path / "t.jsonl"
    lines.write_text('{"x": 1, "kind": "a"}\n' * 3 + '{"x": 1, "kind": \n')
    with pytest.raises(EngineError, match="Object 4 cannot be read as JSON"):
        read(lines)


def test_what_cannot_be_unpacked_is_told(tmp_path: Path) -> None:
    body = gzip.compress(FRAME.to_csv(index=False).encode())
    (tmp_path / "cut.gz").write_bytes(body[:-20])
    with pytest.raises(EngineError, match="is damaged"):
        read(tmp_path / "cut.gz")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("b.csv", "x")
    with pytest.raises(EngineError, match=r"holds 2 files: 'a\.csv', 'b\.csv'"):
        read(tmp_path / "two.zip")
    (tmp_path / "t.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(EngineError, match="The Parquet file cannot be read"):
        read(tmp_path / "t.parquet")


@pytest.mark.parametrize("name", ["t.parquet", "t.xlsx"])
def test_without_the_library_it_is_told_what_to_install(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    WRITERS[name](tmp_path / name)
    for library in ("pyarrow", "openpyxl"):
        (tmp_path / f"{library}.py").write_text(f"raise ImportError('no', name='{library}')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(EngineError, match="which is not installed") as caught:
        read(tmp_path / name)
    assert "penguin-tui[formats]" in caught.value.hint


def test_the_screen_loads_no_library_for_any_format(tmp_path: Path) -> None:
    for name in ("t.parquet", "t.xlsx"):
        WRITERS[name](tmp_path / name)
    code = (
        "import sys, engine.sources.inspect as i\n"
        f"for name in ('t.parquet', 't.xlsx'): i.peek({str(tmp_path)!r} + '/' + name)\n"
        "print(*{'numpy', 'pandas', 'pyarrow', 'openpyxl'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.data.load.look", partial(look, most_bytes=10_000_000))
    path = tmp_path / "t.csv.gz"
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="w") as file:
        file.write(b"x,kind\n" + b"1,a\n2,b\n" * 2_000_000)
    path.write_bytes(packed.getvalue())
    with pytest.raises(EngineError, match="Unpacked, the file has more than"):
        read(path)


NUMBERS = [i / 4 for i in range(20)]
KINDS = list("ab") * 10


@pytest.mark.parametrize(
    "written",
    [
        json.dumps([{"x": x, "kind": k} for x, k in zip(NUMBERS, KINDS, strict=True)], indent=2),
        json.dumps({"n": 20, "data": [{"x": x, "kind": k}
                                      for x, k in zip(NUMBERS, KINDS, strict=True)]}),
        json.dumps({"x": NUMBERS, "kind": KINDS}),
        json.dumps({"x": dict(enumerate(NUMBERS)), "kind": dict(enumerate(KINDS))}),
    ],
    ids=["a list over several lines", "rows under a key", "lists", "as pandas writes it"],
)  # fmt: skip
def test_json_that_is_not_a_row_a_line(tmp_path: Path, written: str) -> None:
    (tmp_path / "t.json").write_text(written)
    table = read(tmp_path / "t.json")
    assert table.features == ("x",)
    assert table.frame["x"].tolist() == NUMBERS
    assert [table.classes[code] for code in table.codes] == KINDS


def test_objects_within_objects_are_columns(tmp_path: Path) -> None:
    rows = [{"at": {"x": x, "y": {"z": 1 - x}}, "kind": k}
            for x, k in zip(NUMBERS, KINDS, strict=True)]  # fmt: skip
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    table = read(tmp_path / "t.jsonl")
    assert table.features == ("at.x", "at.y.z")
    assert table.types["at.y.z"] == "numeric"


@pytest.mark.parametrize("absent", [None, {}])
def test_an_object_that_is_absent_is_no_column(
    tmp_path: Path, absent: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.sources.json_lines.KEYS_OF", 8)
    path = tmp_path / "t.jsonl"
    # in every fifth row, and from the tenth on, behind those whose keys are the columns
    rows = [{"p": absent if i % 5 == 0 or i > 9 else {"x": i, "q": {"y": 0.5}}, "kind": "ab"[i % 2]}
            for i in range(20)]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)))
    table = read(path, exclude=("p.q.y",))
    assert table.file.facts.columns == ("kind", "p.x", "p.q.y")
    assert int(table.frame["p.x"].isna().sum()) == 12


def test_a_key_that_comes_twice_in_json_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"a.x": 5, "a": {"x": -1}, "kind": "k"}\n' * 9)
    with pytest.raises(EngineError, match=r"Object 1 has 'a\.x' twice"):
        read(path)


def test_json_that_is_no_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_bytes('{"x": 1, "kind": "é"}\n'.encode("latin-1") * 9)
    with pytest.raises(EngineError, match="looks like JSON, but holds bytes that are no UTF-8"):
        read(tmp_path / "t.jsonl")


def test_keys_that_come_late_in_json_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    rows = [{"x": i, "kind": "ab"[i % 2]} for i in range(10_001)]
    rows.append({"x": 1, "kind": "a", "late": 2})
    path.write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(EngineError, match="Object 10,002 has the key 'late'"):
        read(path)
