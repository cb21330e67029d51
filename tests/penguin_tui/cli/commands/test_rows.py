"""`penguin-tui rows`: the rows of a file, as the Data screen shows them."""

import csv
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.replay import in_place_of_the_engine
from engine.store.home import home
from engine.worker.query_service import QueryService
from penguin_tui.cli.commands import rows as command
from tests.support.command_line import call

WIDE = 1_030


@pytest.fixture(autouse=True)
def answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Queries are answered in this process."""
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    folder = home()
    with in_place_of_the_engine(folder):
        service = QueryService(folder, lambda kind: True)
        thread = threading.Thread(target=service.serve, daemon=True)
        thread.start()
        yield
        service.end()
        thread.join()


def test_a_page_for_a_person() -> None:
    result = call("rows", "--where", "species = gentoo", "--sort", "body_mass_g", "--reverse",
                  "--rows", "2", "--offset", "1")  # fmt: skip
    head, first, second = result.stdout.splitlines()
    assert head.split()[:3] == ["row", "species", "island"]
    assert first.split()[1] == second.split()[1] == "Gentoo"
    assert float(first.split()[6]) >= float(second.split()[6])
    assert "Rows 2 to 3 of 124 of 344 rows" in result.stderr
    assert "where species = gentoo · sorted by body_mass_g, largest first" in result.stderr


def test_a_missing_value_is_marked_and_no_row_is_said() -> None:
    assert " – " in call("rows", "--where", "bill_length_mm =").stdout
    nothing = call("rows", "--where", "species = dodo")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "No row of 344 rows · where species = dodo" in nothing.stderr


def test_all_rows_as_csv_and_json_page_after_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "PAGE_CELLS", 5_000)
    path = tmp_path / "wide.csv"
    names = [f"c{i}" for i in range(WIDE)]
    lines = [[str(i * place + 0.5) for i in range(WIDE)] for place in range(9)]
    path.write_text("\n".join(map(",".join, [names, *lines])) + "\n")
    found = list(csv.reader(call("rows", str(path), "--csv").stdout.splitlines()))
    assert found == [names, *lines]
    objects = [json.loads(line) for line in call("rows", str(path), "--json").stdout.splitlines()]
    assert [one["row"] for one in objects] == list(range(1, 10))
    assert list(objects[3]["cells"].values()) == [float(cell) for cell in lines[3]]
    told = call("rows", str(path)).stderr
    assert f"Rows 1 to 9 of 9 rows; {WIDE - 100:,} more columns" in told


def test_all_rows_as_parquet(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    target = tmp_path / "rows.parquet"
    assert call("rows", "--where", "species = adelie", "--parquet", str(target)).exit_code == 0
    found = pq.read_table(target).to_pylist()
    assert len(found) == 152
    assert (found[0]["island"], found[0]["bill_length_mm"]) == ("Torgersen", 39.1)
    assert found[3]["bill_length_mm"] is None
    assert call("rows", "--parquet", str(target)).exit_code == 2


def test_text_that_a_spreadsheet_would_run_or_a_terminal_obey(tmp_path: Path) -> None:
    path = tmp_path / "evil.csv"
    path.write_text("a,b\n=1+2,\x1b[31mred\nplain,x\n")
    assert "'=1+2" in call("rows", str(path), "--csv").stdout
    assert "\x1b" not in call("rows", str(path)).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--where", "weight > 3"], 1, "where: there is no column 'weight'."),
        (["--sort", "specie"], 1, "Did you mean 'species'?"),
        (["--set", "delimitr=;"], 2, "did you mean delimiter?"),
        (["--set", "delimiter"], 2, "not of the form FIELD=VALUE"),
        (["--csv", "--json"], 2, "choose one of them"),
        (["-"], 2, "not in standard input"),
        (["no_such_file.csv"], 1, "does not exist"),
    ],
)
def test_what_cannot_be_is_told(arguments: list[str], code: int, says: str) -> None:
    result = call("rows", *arguments)
    assert result.exit_code == code
    assert says in result.stderr
