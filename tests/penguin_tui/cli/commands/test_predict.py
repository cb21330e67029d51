"""`penguin-tui predict`: files and pipes, whole or not at all."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.sources.files import locate
from engine.store.home import copies_path, log_path
from engine.store.store import Store
from penguin_tui.cli.root import cli
from tests.support.command_line import call
from tests.support.engine.fitted_runs import fitted_home
from tests.support.patience import PATIENCE

PENGUINS = locate("penguins")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(home))


def left(home: Path) -> list[Path]:
    """What a command should not leave behind."""
    return list(copies_path(home).glob("*")) if copies_path(home).exists() else []


def test_a_file_is_written_whole_and_not_overwritten_unasked(home: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    # a log that cannot be written, as on a full or read-only disk, is no reason not to predict
    log_path(home).unlink(missing_ok=True)
    log_path(home).mkdir()
    result = call("predict", "last", str(PENGUINS), "-o", str(output))
    log_path(home).rmdir()
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(output.read_text())))
    assert len(rows) == 344
    assert list(rows[0])[:2] == ["species", "island"]
    assert "344 rows predicted by run 1, 3 rows flagged." in result.stdout
    assert "Accuracy on 69 new rows: 100.0 % (94.7–100.0)." in result.stdout
    assert "275 rows seen" in result.stdout
    # the run has evaluated its test set once itself
    assert "an evaluation of the test set, evaluated 2 times." in result.stdout
    again = call("predict", "1", str(PENGUINS), "-o", str(output))
    assert again.exit_code == 2
    assert "--force" in again.stderr
    with Store.open(home) as store:
        assert store.run(1).test_evaluations == 2


def test_rows_go_to_parquet_with_numbers_as_numbers(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    output = tmp_path / "out.parquet"
    result = call("predict", "last", str(PENGUINS), "-o", str(output))
    assert result.exit_code == 0, result.output
    assert "344 rows predicted" in result.stdout
    table = pq.read_table(output)
    assert table.num_rows == 344
    kinds = [str(kind) for kind in table.schema.types[:4]]
    assert kinds == ["string", "string", "double", "double"]
    # the first row with missing values
    assert table["bill_length_mm"].to_pylist()[2:5] == [40.3, None, 36.7]
    assert table["sex"].to_pylist()[3] is None
    for row in table.to_pylist():
        said = {n.partition(":")[2]: p for n, p in row.items() if n.startswith("probability:")}
        assert row["prediction"] == max(said, key=said.__getitem__)
        assert sum(said.values()) == pytest.approx(1.0)
    assert call("predict", "last", str(PENGUINS), "-o", str(output)).exit_code == 2


def test_json_says_what_it_came_to_and_pipes_take_the_rows() -> None:
    lines = PENGUINS.read_text().splitlines()[:30]

    def piped(*options: str) -> Result:
        return CliRunner().invoke(
            cli, ["predict", "1", "-", *options], input="\n".join(lines), prog_name="penguin-tui"
        )

    found = json.loads(piped("--json").stdout)
    assert (found["run"], found["rows"], found["flagged"]) == (1, 29, 0)
    assert found["seen"] + found["scored"] == 29
    assert found["accuracy_low"] < found["accuracy"] <= found["accuracy_high"] == 1
    rows = piped("-o", "-")
    assert rows.stdout.startswith("species,island")
    assert len(rows.stdout.splitlines()) == 30
    assert "29 rows predicted" in rows.stderr
    assert not left(Path(os.environ["PENGUIN_TUI_HOME"]))
    both = piped("-o", "-", "--json")
    assert both.exit_code == 2
    assert "both want standard output" in both.stderr


def test_what_goes_wrong_leaves_no_file(tmp_path: Path) -> None:
    output, data = tmp_path / "out.csv", tmp_path / "bad.csv"
    data.write_text("island,sex\nDream,MALE\n")
    result = call("predict", "1", str(data), "-o", str(output))
    assert result.exit_code == 1
    assert "no columns 'bill_length_mm', 'bill_depth_mm'" in result.stderr
    assert "add the missing ones" in result.stderr
    assert call("predict", "7", str(data)).exit_code == 2
    nowhere = call("predict", "1", str(tmp_path / "nowhere.csv"), "-o", str(output))
    assert nowhere.exit_code == 1
    assert "nowhere.csv' does not exist" in nowhere.stderr
    assert sorted(tmp_path.iterdir()) == [data]


@pytest.mark.parametrize("how", ["a closed pipe", "Ctrl+C"])
def test_who_has_had_enough_leaves_no_half_file(how: str, tmp_path: Path) -> None:
    head, *lines = PENGUINS.read_text().splitlines()
    data, output = tmp_path / "many.csv", tmp_path / "out.csv"
    data.write_text("\n".join([head, *lines * 100]))
    options = [] if how == "a closed pipe" else ["-o", str(output)]
    process = subprocess.Popen(
        [sys.executable, "-m", "penguin_tui", "predict", "1", str(data), *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    if options:
        while not any(path.stat().st_size for path in tmp_path.glob(".penguin-tui-*")):
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
    else:
        assert process.stdout.readline().startswith(b"species")
        process.stdout.close()
    assert process.wait(PATIENCE) == (130 if options else 141)
    assert process.stderr.read().strip() == b""
    process.stderr.close()
    process.stdout.close()
    assert sorted(tmp_path.iterdir()) == [data]
