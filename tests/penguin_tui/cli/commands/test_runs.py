"""`runs` lists the runs of a store, and finds some of them."""

import time
from pathlib import Path

from engine.runs.events import Ended
from tests.support.command_line import (
    call,
    put,
    put_finished,
    read,
)


def test_runs_are_listed_newest_first_and_can_be_filtered(folder: Path) -> None:
    first = put_finished(folder)
    second = put(folder, [Ended(at=time.time(), status="failed")], kind="baseline")
    assert [row["run"] for row in read("runs", "--json")] == [second, first]
    assert [row["run"] for row in read("runs", "--json", "--kind", "train")] == [first]
    assert [row["run"] for row in read("runs", "--json", "--status", "failed")] == [second]
    assert [row["run"] for row in read("runs", "--json", "--limit", "1")] == [second]
    lines = call("runs").stdout.splitlines()
    assert lines[1].split()[:2] == [str(second), "baseline"]
    assert lines[2].split()[:2] == [str(first), "train"]
    assert "×1" in lines[2]
    assert "1 more" in call("runs", "--limit", "1").stdout


def test_an_empty_store_says_what_to_do(folder: Path) -> None:
    assert "penguin-tui run baseline" in call("runs").stdout
    assert read("runs", "--json") == []


def test_runs_are_chosen_by_the_filter_of_the_screen(folder: Path) -> None:
    small = put_finished(folder, hidden_layers=[8], name="small")
    other = put_finished(folder, learning_rate=0.1)
    assert call("tag", str(small), "final", "paper").stdout == f"Run {small}: #final #paper\n"
    for where in ("tag:final", "layers=8", "lr<0.05 val>80%", "#paper !kind:sweep"):
        assert [row["run"] for row in read("runs", "--where", where, "--json")] == [small], where
    assert read("runs", "--json")[1]["tags"] == ["final", "paper"]
    head, *lines = call("runs", "--csv", "--where", "lr>0.05").stdout.splitlines()
    assert len(lines) == 1
    assert dict(zip(head.split(","), lines[0].split(","), strict=True))["run"] == str(other)
    assert call("tag", str(small), "--remove", "final").stdout == f"Run {small}: #paper\n"
    assert call("runs", "--where", "tag:final").stdout == "No runs.\n"


def test_a_mistake_in_a_filter_is_a_usage_error(folder: Path) -> None:
    refused = call("runs", "--where", "val>80% lrr<3")
    assert refused.exit_code == 2
    assert "where: lrr<3: there is no such setting or figure; did you mean lr?" in refused.stderr
    assert call("runs", "--csv", "--json").exit_code == 2
