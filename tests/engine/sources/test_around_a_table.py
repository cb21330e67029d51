"""Titles, comments, units, totals and empty columns around a table."""

from pathlib import Path

import pytest

from engine.errors import EngineError
from tests.support.engine.written_tables import LINES, PLAIN, ROWS, read


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("# one\n# two\n" + PLAIN, "'#'"),
        ("% made today\n" + PLAIN, "'%'"),
        ("// made, by, me\n" + PLAIN, "'//'"),
        ("#x,y,kind\n" + "".join(LINES[1:]), "named by the last comment"),
        ("# x,y,kind\n" + "".join(LINES[1:]), "named by the last comment"),
        ("Report of May\n\n" + PLAIN, "Report of May"),
        ("Report of May,,\n,,\n" + PLAIN, "Report of May"),
        ("Report\nby the lab, 2024\n\n" + PLAIN, "2 lines above"),
        (PLAIN + "Total,780.5,\n", "Total"),
        (PLAIN + ",,\nSum:,780.5,\n", "Sum"),
        (PLAIN + "Mean,12.5,\nSource: the lab\n", "2 rows below"),
        (PLAIN + "\nSource: the lab, 2024\n", "Source"),
        (PLAIN + "Average,12.5,\n,,\nStd,2.5,\n,,\nSource: the lab\n", "5 rows below"),
        ("sep=,\n" + PLAIN, "sep="),
        ("\ufeff" + '"sep=,"\n' + PLAIN, "sep="),
        (LINES[0] + "(cm),(kg),\n" + "".join(LINES[1:]), "(cm)"),
        (LINES[0] + "cm,m/s,\n" + "".join(LINES[1:]), "units"),
        (LINES[0] + "cm,m/s,text\n" + "".join(LINES[1:]), "units"),
        (PLAIN.replace("\n", ",\n"), "end with a delimiter"),
        (PLAIN.replace("\n", ",,\n"), "2 delimiters"),
        (LINES[0] + "".join(LINES[1:]).replace("\n", ",\n"), "end with a delimiter"),
        (LINES[0] + "".join(f"r{i}," + line for i, line in enumerate(LINES[1:])), "row name"),
    ],
)
def test_what_stands_around_a_table_is_left_out_and_told(
    tmp_path: Path, body: str, says: str
) -> None:
    table = read(tmp_path, body)
    assert table.features == ("x", "y")
    assert table.types["x"] == table.types["y"] == "numeric"
    assert table.frame["x"].dropna().tolist() == [float(f"0.{i + 11}") for i in range(ROWS)]
    assert says in " ".join(table.notes)


def test_lines_above_and_below_can_be_told(tmp_path: Path) -> None:
    body = "a,b,c\n1,2,3\n" + PLAIN + "9,9,b\n"
    table = read(tmp_path, body, skip_rows=2, skip_footer=1)
    assert len(table.codes) == ROWS
    assert table.file.line_of(0) == 4
    assert len(read(tmp_path, PLAIN + "Total,780.5,a\n", skip_footer=0).codes) == ROWS + 1
    odd = PLAIN.replace("0.20", "!0.20")
    assert len(read(tmp_path, odd, comment="!").codes) == ROWS - 1
    assert len(read(tmp_path, "#" + PLAIN.replace("\n", "\n#", 3), comment="none",
                    target="kind").codes) == ROWS  # fmt: skip


def test_a_row_that_looks_like_units_can_be_kept(tmp_path: Path) -> None:
    body = LINES[0] + "(cm),(kg),a\n" + "".join(LINES[1:])
    assert len(read(tmp_path, body).codes) == ROWS
    assert len(read(tmp_path, body, header="yes").codes) == ROWS + 1


def test_lines_keep_their_numbers_below_titles_and_comments(tmp_path: Path) -> None:
    body = "# one\n# two\n" + "".join(LINES[:5]) + "# three\n" + "".join(LINES[5:])
    table = read(tmp_path, body)
    assert [table.file.line_of(i) for i in (0, 3, 4)] == [4, 7, 9]
    with pytest.raises(EngineError, match="Line 45 has 2 cells"):
        read(tmp_path, body + "1.5,2\n" + LINES[1])


def test_a_total_with_a_number_in_every_cell_is_no_row(tmp_path: Path) -> None:
    table = read(tmp_path, PLAIN + "Total,780.5,40\n")
    assert table.classes == ("a", "b")
    assert any("below the table" in note and "Total" in note for note in table.notes)
