"""`compare` prints what tells runs apart."""

import csv
from pathlib import Path

from tests.support.command_line import (
    call,
    put_finished,
    read,
)
from tests.support.stored.compared import put_compared


def test_compare_prints_what_tells_the_runs_apart(folder: Path) -> None:
    first = put_compared(folder, range(201, 204), name="good")
    second = put_compared(folder, range(204, 220), hidden_layers=[8])
    shown = call("compare", str(first), str(second), str(second)).stdout
    assert "97.0 % (91.5–99.0)" in shown
    assert "hidden layers 100, 100 8" in " ".join(shown.split())
    assert f"{first}, {second}" in shown
    assert "better" in shown
    assert f"{second} right, {first} wrong  201, 202, 203" in shown
    told = read("compare", str(first), str(second), "--json")
    assert told["pairs"][0]["only_a_right"] == 16
    assert told["pairs"][0]["verdict"] == "better"
    head, pair = csv.reader(call("compare", str(first), str(second), "--csv").stdout.splitlines())
    assert head[:5] == ["a", "b", "rows", "only_a_right", "only_b_right"]
    assert [float(cell) for cell in pair[3:5]] == [16, 3]
    assert pair[-1] == "better"
    # a run's line, as among all runs
    [line] = csv.DictReader(call("show", str(first), "--csv").stdout.splitlines())
    listed = list(csv.DictReader(call("runs", "--csv").stdout.splitlines()))[-1]
    assert {n: cell for n, cell in listed.items() if cell} == {
        n: cell for n, cell in line.items() if cell
    }


def test_compare_takes_two_to_eight_runs(folder: Path) -> None:
    run = str(put_finished(folder))
    for wrong in ([run], [run, run], ["1", "99"], []):
        assert call("compare", *wrong).exit_code == 2
