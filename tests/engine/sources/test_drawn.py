"""Tables drawn with lines, as they are pasted from a document, a database or a terminal."""

from pathlib import Path

import pytest

from engine.data.load import load
from engine.errors import EngineError
from engine.sources.inspect import look
from engine.sources.raw_lines import raw_lines
from engine.specs.kinds.describe import DescribeSpec
from engine.specs.kinds.lines import LinesSpec

NAMES = ("len", "a|b", "kind")
ROWS = [(f"{n}.5", ("", "--", str(n))[n % 3], "é" if n % 2 else "b") for n in range(1, 31)]


def markdown(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    head = f"| {' | '.join(name.replace('|', chr(92) + '|') for name in names)} |"
    return ["Measured in May", "", head, "|:---|---:|---|", *lines, "", "Source: ours"]


def psql(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [" | ".join(f" {cell:<5}" for cell in row).rstrip() for row in rows]
    head = " | ".join(f" {name:<5}" for name in names)
    return [head, "+".join(["-------"] * len(names)), *lines, f"({len(rows)} rows)", ""]


def mysql(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    rule = f"+{'+'.join(['-------'] * len(names))}+"
    lines = [f"|{'|'.join(f' {cell:<5} ' for cell in row)}|" for row in (names, *rows)]
    return [rule, lines[0], rule, *lines[1:], rule, "30 rows in set (0.00 sec)"]


def boxes(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [f"│{'│'.join(f' {cell:<5} ' for cell in row)}│" for row in (names, *rows)]
    return ["┌───────┬───────┬───────┐", lines[0], "├───────┼───────┼───────┤", *lines[1:],
            "└───────┴───────┴───────┘"]  # fmt: skip


def grid(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    _, head, rule, *lines, _, _ = mysql(names, rows)
    apart = [part for line in lines for part in (line, rule)]
    return [rule, head, rule.replace("-", "="), *apart]


def described(path: Path, **fields: object) -> DescribeSpec:
    return DescribeSpec(kind="describe", data=str(path), target="kind", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("drawn", [markdown, psql, mysql, boxes, grid])
def test_a_drawn_table_is_read(tmp_path: Path, drawn: object, encoding: str) -> None:
    if drawn is boxes and encoding == "latin-1":
        encoding = "utf-8"
    # only Markdown has a way to write a bar in a cell
    names = NAMES if drawn is markdown else ("len", "ab", "kind")
    path = tmp_path / "table.txt"
    path.write_text("\n".join(drawn(names, ROWS)) + "\n", encoding=encoding)  # type: ignore[operator]
    table = load(described(path))
    assert table.features == names[:2]
    assert table.classes == ("b", "é")
    assert table.frame["len"].tolist() == [float(row[0]) for row in ROWS]
    # nothing but dashes is a cell below the names
    column = table.frame[names[1]]
    assert column.isna().sum() == sum(row[1] in ("", "--") for row in ROWS)
    assert any("drawn with lines" in note for note in table.file.facts.notes)
    assert table.file.reading["format"] == "table drawn with lines"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [*lines[:9], "| 1 | 2 |", *lines[9:]], "Line 10 has 2 cells"),
        (lambda lines: [*lines[:9], "more of it", *lines[9:]], "Line 10 has no cells"),
        (lambda lines: [*lines[:3], "| cm | n | |", *lines[3:]], "take more than one line, up to"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, change: object, said: str) -> None:
    path = tmp_path / "table.md"
    path.write_text("\n".join(change(markdown(NAMES, ROWS))))  # type: ignore[operator]
    with pytest.raises(EngineError, match=said):
        load(described(path))


def test_its_lines_are_shown_as_they_stand_in_the_file(tmp_path: Path) -> None:
    path, lines = tmp_path / "table.md", markdown(NAMES, ROWS)
    path.write_text("\n".join(lines))
    question = LinesSpec(data=str(path), around=6, lines=3)
    shown = raw_lines(question, lambda: None)
    assert shown == {number: lines[number - 1] for number in shown}


def test_cells_over_several_lines_are_refused(tmp_path: Path) -> None:
    lines = grid(NAMES, ROWS)
    path = tmp_path / "table.rst"
    path.write_text("\n".join([*lines[:6], lines[5], *lines[6:]]))
    with pytest.raises(EngineError, match="ends several lines of cells"):
        load(described(path))


def test_stored_runs_read_it_as_they_did(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    path.write_text("\n".join(markdown(NAMES, ROWS)[2:-2]))
    assert look(described(path, reader=2)).source.kind == "plain"


def test_dashes_between_bars_alone_draw_nothing(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text("len|kind\n" + "".join(f"{n}|{'ab'[n % 2]}\n" for n in range(20)) + "--|a\n")
    table = load(described(path))
    assert len(table.frame) == 21
    assert table.frame["len"].isna().sum() == 1


@pytest.mark.parametrize("outer", ["| {} |", "{}"])
def test_cells_at_either_end_may_be_empty(tmp_path: Path, outer: str) -> None:
    rows = [outer.format(f"{n if n % 5 else ''} | {n}.5 | {'ab'[n % 2]}") for n in range(30)]
    path = tmp_path / "table.md"
    head = [outer.format("x | y | kind"), outer.format("--- | --- | ---")]
    path.write_text("\n".join([*head, *rows, outer.format("7 | 8 | ")]))
    table = load(described(path))
    assert table.features == ("x", "y")
    assert table.frame["x"].isna().sum() == 6
    assert len(table.frame) == 30, "a row without a class is left out"


def test_what_only_looks_drawn_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    rows = [f"{n % 9}|{n % 7}|{'xy'[n % 2]}" for n in range(30)]
    path.write_text("\n".join(["a|b|kind", *rows[:1], "--|--|--", *rows[1:]]))
    table = load(described(path))
    assert table.features == ("a", "b")
    assert table.frame["b"].isna().sum() == 0


def test_cells_of_signs_are_no_rule(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    rows = [f"| {['+', '++'][n % 2]} | -- | {'xy'[n % 2]} |" for n in range(20)]
    path.write_text("\n".join(["| a | b | kind |", "|---|---|---|", *rows, "| ++ | -- | + |"]))
    assert look(described(path)).rows == 21


def test_a_second_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    path.write_text("\n".join([*markdown(NAMES, ROWS)[2:-2], "", *markdown(NAMES, ROWS)[2:-2]]))
    with pytest.raises(EngineError, match="rows of the drawn table stand below it"):
        load(described(path))


def test_a_wide_table_is_recognized_and_a_line_without_end_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    names = (*(f"column{n}" for n in range(150)), "kind")
    rule = f"├{'┼'.join(['─' * 12] * len(names))}┤"
    rows = [[*map(str, range(150)), "ab"[n % 2]] for n in range(12)]
    lines = [f"│{'│'.join(f'{cell:>12}' for cell in row)}│" for row in (names, *rows)]
    path.write_text("\n".join([rule, lines[0], rule, *lines[1:], rule]))
    assert len(look(described(path)).columns) == 151
    path.write_text("| a | kind |\n|---|---|\n| 1 | x |\n| " + "1" * 2**21)
    with pytest.raises(EngineError, match="Line 4 of the drawn table is longer"):
        load(described(path))
