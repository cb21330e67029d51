"""A stored run is read as its version read it."""

from pathlib import Path
from typing import Any

import pytest

from engine.data.load import load
from engine.errors import EngineError
from engine.specs.data import DataSpec
from tests.support.engine.written_tables import PLAIN, column, read


def test_a_stored_run_is_read_as_it_was(tmp_path: Path) -> None:
    codes = column(["01", "1"])
    assert read(tmp_path, codes, reader=1).types["x"] == "numeric"
    assert read(tmp_path, column(["1,200", "950"]), reader=1).frame["x"].max() == 950
    assert read(tmp_path, column(["?", "1"]), reader=1).types["x"] == "categorical"
    assert read(tmp_path, "x;kind\n" + "1;1\n2;1.0\n3;2\n" * 9, reader=1).classes == ("1", "2")
    assert read(tmp_path, "x;kind\n" + "1;a\n2;b\n3;NA\n" * 9, reader=1).classes == ("a", "b")
    with pytest.raises(EngineError, match="same name"):
        read(tmp_path, "x;x;kind\n" + "1;2;a\n2;3;b\n" * 9, reader=1)
    with pytest.raises(EngineError, match="Line"):
        read(tmp_path, PLAIN + "Total,19.8\n", reader=1)
    latin = "x;kind\n" + "1;да\n2;нет\n" * 9
    assert read(tmp_path, latin.encode("cp1251"), reader=1).file.encoded.codec == "latin-1"


def lines(cells: list[str], repeats: int = 9) -> str:
    """Rows that end with one of two classes."""
    return "".join(f"{cell},{'ab'[i % 2]}\n" for i, cell in enumerate(cells * repeats))


# what version 0.3 to 0.7 took a table for, and what today's reader does
READ_AS_BEFORE: dict[str, tuple[str | bytes, tuple[Any, ...], tuple[Any, ...]]] = {
    "names in two rows": (
        "Size,,Weight,,kind\nmin,max,min,max,\n" + lines(["1,2,3,4.5", "2,3,4,7.5"]),
        ("Size", "column 2", "Weight", "column 4", 18), ("Size min", "Size max", "Weight min",
                                                         "Weight max", 18),
    ),
    "an object within an object": (
        '{"p": {"x": 1.5}, "kind": "a"}\n{"p": {"x": 2.5}, "kind": "b"}\n' * 9,
        ("p", 18), ("p.x", 18),
    ),
    "a backslash before quotation marks": (
        "x,y,kind\n" + lines(['"3\\" tube, thin",1.5', "plain,2.5"]),
        ("EngineError",), ("x", "y", 18),
    ),
    "a damaged line of UTF-8": (
        ("x,kind\n" + lines(["Zoë", "Chloë"])).encode() + "Zoë,a\n".encode("latin-1"),
        ("x", 19), ("EngineError",),
    ),
    "a total with a number in every cell": (
        "x,kind\n" + lines(["p", "q"]) + "Total,18\n", ("x", 19), ("x", 18),
    ),
    "dates beside a mark": (
        "x,y,kind\n" + lines(["2023-01-31,1.5", "-,2.5", "2023-03-01,3.5"], 12),
        ("x", "y", "categorical", 36), ("x", "y", "datetime", 36),
    ),
    "dates beside zeros": (
        "x,y,kind\n" + lines(["2023-01-31,1.5", "0000-00-00,2.5", "2023-03-01,3.5"], 12),
        ("x", "y", "categorical", 36), ("x", "y", "datetime", 36),
    ),
    "two marks of the byte order": ("\ufeff\ufeffx,kind\n" + lines(["1.5", "2"]),
                                    ("\ufeffx", 18), ("x", 18)),
    "a name in pointed brackets": ("<table>,kind\n" + lines(["1.5", "2"]),
                                   ("<table>", 18), ("EngineError",)),
    "numbers with a unit": (
        "x,y,kind\n" + lines([f"{i}.5 cm,{i % 3}.5" for i in range(40)], 1),
        ("y", 40), ("x", "y", 40),
    ),
}  # fmt: skip


def taken_for(path: Path, reader: int) -> tuple[Any, ...]:
    """The features, those types that are told apart by nothing else, and the number of rows."""
    try:
        table = load(DataSpec(data=str(path), target="kind", reader=reader))
    except EngineError as error:
        return (type(error).__name__,)
    told = (
        () if table.features != ("x", "y") or "-" not in path.read_text() else (table.types["x"],)
    )
    return (*table.features, *told, len(table.codes))


@pytest.mark.parametrize("case", READ_AS_BEFORE)
def test_a_stored_run_of_version_0_3_to_0_7_is_read_as_it_was(tmp_path: Path, case: str) -> None:
    body, before, today = READ_AS_BEFORE[case]
    path = tmp_path / "t.csv"
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    assert taken_for(path, 2) == before
    assert taken_for(path, 3) == today
