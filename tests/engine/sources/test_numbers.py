"""Numbers as people write them: marks of thousands, units, and what stands for a missing one."""

from pathlib import Path

import pytest

from tests.support.engine.written_tables import ROWS, column, read


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,200", "950", "701"], [1200, 950, 701]),
        (["1.200", "950", "701"], [1200, 950, 701]),
        (["1'200.5", "950.25"], [1200.5, 950.25]),
        (["1’200", "950"], [1200, 950]),
        (["1\u202f200,5", "950,5"], [1200.5, 950.5]),
        (["1\u00a0200", "950"], [1200, 950]),
        (["1 200 300", "950"], [1200300, 950]),
        (["1.200,50", "950,25"], [1200.5, 950.25]),
        (["1,200,300", "950"], [1200300, 950]),
        (["12,34,567", "950"], [1234567, 950]),
        (["2,5", "3"], [2.5, 3]),
        (["2.5", "3"], [2.5, 3]),
        (["0,125", "1,250"], [0.125, 1.25]),
        (["1.125", "2", "3.375"], [1.125, 2, 3.375]),
        (["(1,200)", "950"], [-1200, 950]),
        (["($1,200.50)", "$950"], [-1200.5, 950]),
        (["−3.5", "4"], [-3.5, 4]),
        (["–3", "4"], [-3, 4]),
        (["5.5%", "12 %"], [5.5, 12]),
        (["€ 1.200,50", "€ 950"], [1200.5, 950]),
        (["1.200,50 €", "950 €"], [1200.5, 950]),
        (["CHF 1'200", "CHF 950"], [1200, 950]),
        (["1.200-", "950"], [-1200, 950]),
        (["+3", "-4"], [3, -4]),
        (["1e3", "2.5E-2"], [1000, 0.025]),
    ],
)
def test_numbers_as_people_write_them(
    tmp_path: Path, cells: list[str], values: list[float]
) -> None:
    table = read(tmp_path, column(cells))
    assert table.types["x"] == "numeric"
    assert table.frame["x"].tolist()[: len(values)] == values


def test_a_number_is_never_silently_a_thousandth_of_itself(tmp_path: Path) -> None:
    told = read(tmp_path, column(["1,200", "950"])).notes
    assert any("'1,200' is 1200" in note for note in told)
    # another column proves a decimal comma: the cells contradict it, and that is told
    body = "pop;area;kind\n" + "1,200;2,1;a\n950;7,85;b\n701;3,5;a\n" * 10
    assert any("thousands" in note and "'1,200'" in note for note in read(tmp_path, body).notes)
    assert read(tmp_path, body, thousands=",", decimal=".").types["area"] == "categorical"


def test_marks_of_thousands_can_be_told(tmp_path: Path) -> None:
    body = column(["1,250", "2,500"])
    assert read(tmp_path, body).frame["x"].tolist()[:2] == [1.25, 2.5]
    assert read(tmp_path, body, thousands=",").frame["x"].tolist()[:2] == [1250, 2500]
    assert read(tmp_path, column(["1,200", "950"]), thousands="none").types["x"] == "categorical"


@pytest.mark.parametrize(
    "cells", [["$5", "€6"], ["5%", "0.05"], ["12:30", "13:45"], ["192.168.10.1", "10.0.0.1"]]
)
def test_what_is_no_number_of_one_unit_stays_text(tmp_path: Path, cells: list[str]) -> None:
    assert read(tmp_path, column(cells)).types["x"] != "numeric"


@pytest.mark.parametrize(
    ("mark", "shown"),
    [(mark, mark) for mark in ("?", ".", "-", "n/a", "N.A.", "NULL", "--", "…", "#DIV/0!", "-999")],
)
def test_marks_of_missing_values_among_numbers(tmp_path: Path, mark: str, shown: str) -> None:
    table = read(tmp_path, column(["1.5", "2.5", "7", mark]))
    assert table.types["x"] == "numeric"
    assert int(table.frame["x"].isna().sum()) == ROWS // 4
    assert any(repr(shown) in note and f"{ROWS // 4} cells" in note for note in table.notes)


def test_missing_values_can_be_told(tmp_path: Path) -> None:
    body = column(["1", "2", "77"])
    assert int(read(tmp_path, body, missing_values=("auto", "77")).frame["x"].isna().sum()) == 13
    kept = read(tmp_path, column(["1.5", "-999"]), missing_values=())
    assert kept.frame["x"].min() == -999
    assert read(tmp_path, column(["red", "NA"]), missing_values=()).frame["x"].nunique() == 2


def test_ordinary_negative_numbers_are_no_marks(tmp_path: Path) -> None:
    for cells in (["-999", "-500", "3"], ["-99", "-98", "-97"]):
        assert not read(tmp_path, column(cells)).frame["x"].isna().any()


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["5.5 cm", "7 cm", "8.25 cm", "9 cm"], "the unit 'cm'"),
        (["3 °C", "4.5 °C", "7 °C"], "the unit '°C'"),
        (["5 cm", "6 mm", "7 cm", "8 mm", "9 mm"], "different units, as in '5 cm' and '6 mm'"),
        (["1.5k", "2.5M", "3.5k", "4.5M", "5.5k"], "different units"),
        (["1.5", "2,5", "7.25"], "two decimal marks, as in '1.5' and '2,5'"),
    ],
)
def test_numbers_that_cannot_be_read_as_such_are_told(
    tmp_path: Path, cells: list[str], says: str
) -> None:
    table = read(tmp_path, column(cells))
    assert table.types["x"] == "categorical"
    assert says in table.warnings["x"]


@pytest.mark.parametrize("cells", [["3A", "4B", "5A", "6B", "7C", "8C"], ["a1", "b2"], ["3-4"]])
def test_codes_are_no_numbers_with_units(tmp_path: Path, cells: list[str]) -> None:
    assert "x" not in read(tmp_path, column([*cells, "other"])).warnings
    assert "unit" not in read(tmp_path, column(cells)).warnings.get("x", "")
