"""The column that is offered as the target of a file."""

import json
from pathlib import Path

import pytest

from engine.sources.inspect import peek
from penguin_tui.data.likely_target import likely_target

CASES = Path(__file__).parents[2] / "engine" / "sources" / "cases"
EXPECTED = json.loads((CASES / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("name", [name for name in EXPECTED if "refused" not in EXPECTED[name]])
def test_of_the_tables_that_people_have(name: str) -> None:
    assert likely_target(peek(str(CASES / name))) == EXPECTED[name]["target"]


@pytest.mark.parametrize(
    ("header", "row", "before", "expected"),
    [
        ("a,Species,b", "{i},{k},{k}", "", "Species"),
        ("a,b", "{k},{k}", "a", "a"),
        ("a,b", "{k},{k}", "gone", "b"),
        ("class,y,x", "{i}.5,{k},{i}", "", "y"),
        ("kind,length", "{k},{i}.5", "", "kind"),
        ("length,code,id", "{i}.5,{k},{i}", "", "code"),
        ("y,id", "{i}.5,{i}", "", "y"),
        ("length,id", "{i}.5,{i}", "", "id"),
    ],
)
def test_by_what_it_was_by_name_and_by_cells(
    tmp_path: Path, header: str, row: str, before: str, expected: str
) -> None:
    file = tmp_path / "table.csv"
    rows = [row.format(i=i, k=i % 2) for i in range(12)]
    file.write_text("\n".join([header, *rows]) + "\n")
    assert likely_target(peek(str(file)), before) == expected
