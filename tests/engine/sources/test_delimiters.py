"""Delimiters and quotation marks."""

from pathlib import Path

import pytest

from tests.support.engine.written_tables import PLAIN, ROWS, column, read


def test_marks_with_a_backslash_before_them_are_part_of_a_cell(tmp_path: Path) -> None:
    rows = '1.5,"he said \\"yes, I do\\"",a\n2.5,nothing,b\n'
    table = read(tmp_path, "x,say,kind\n" + rows * 20)
    assert set(table.frame["say"]) == {'he said "yes, I do"', "nothing"}
    assert table.types["x"] == "numeric"
    # a folder of Windows ends with a backslash
    folders = read(tmp_path, "x,say,kind\n" + '1.5,"C:\\all, of it\\",a\n2.5,"D:\\",b\n' * 20)
    assert set(folders.frame["say"]) == {"C:\\all, of it\\", "D:\\"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", "    "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters(tmp_path: Path, delimiter: str, end: str) -> None:
    table = read(tmp_path, PLAIN.replace(",", delimiter).replace("\n", end))
    assert table.features == ("x", "y")
    assert table.types["x"] == "numeric"
    assert len(table.codes) == ROWS


@pytest.mark.parametrize(
    "row",
    [
        "1,5;4,4;a\n2,5;3,3;b\n",
        "1,5;New York, NY;a\n2,5;Rome, IT;b\n",
        '1.5,"a, b; c",a\n2.5,"line\nand line",b\n',
        "1,5\t4,4\ta\n2,5\t3,3\tb\n",
        "1.5|a,b|a\n2.5|c,d|b\n",
        "1,5   4,4    a\n2,5   3,3    b\n",
    ],
)
def test_a_delimiter_is_what_gives_typed_columns(tmp_path: Path, row: str) -> None:
    table = read(tmp_path, row * 10, target="column 3")
    assert table.types["column 1"] == "numeric"
    assert table.frame["column 1"].tolist()[:2] == [1.5, 2.5]
    assert table.classes == ("a", "b")


def test_commas_in_texts_are_no_delimiter_where_the_names_have_another(tmp_path: Path) -> None:
    table = read(tmp_path, column(["one, two, and three", "four, five, and six"]))
    assert set(table.frame["x"]) == {"one, two, and three", "four, five, and six"}
