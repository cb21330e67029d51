"""Commands that change a run: its name and note, removed and brought back."""

from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.kinds import make_spec
from engine.runs.events import Ended, Phase
from engine.store.store import Store
from tests.support.command_line import (
    call,
    put,
    put_finished,
    read,
    without_engine,
)


def test_runs_are_renamed_noted_removed_and_brought_back(folder: Path) -> None:
    run = put_finished(folder)
    assert call("rename", "last", "the good one").exit_code == 0
    assert call("note", str(run), "keep this").exit_code == 0
    shown = read("show", str(run), "--json")
    assert (shown["name"], shown["note"]) == ("the good one", "keep this")
    assert "the good one" in call("runs").stdout
    removed = call("rm", str(run))
    assert removed.exit_code == 0
    assert f"penguin-tui rm --undo {run}" in removed.stdout
    assert read("runs", "--json") == []
    assert call("rm", "--undo", str(run)).exit_code == 0
    assert [row["run"] for row in read("runs", "--json")] == [run]


def test_nothing_is_removed_when_one_run_is_live(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_engine(monkeypatch)
    run = put_finished(folder)
    with Store.open(folder) as store:
        live = store.submit(make_spec("train", {}))
    result = call("rm", str(run), str(live))
    assert result.exit_code == 2
    assert f"penguin-tui stop {live}" in result.stderr
    assert len(read("runs", "--json")) == 2
    stopped = call("stop", str(live))
    assert stopped.exit_code == 0
    assert "is stopped" in stopped.stdout
    again = call("stop", str(live))
    assert again.exit_code == 1
    assert "ended already" in again.stderr


def test_a_removed_run_is_not_resumed_unseen_but_told_how_it_comes_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_engine(monkeypatch)
    run = put(folder, [Phase(name="training"), Ended(status="stopped")])
    assert call("rm", str(run)).exit_code == 0
    refused = call("resume", str(run))
    assert refused.exit_code == 1
    assert f"Run {run} was removed." in refused.stderr
    assert f"penguin-tui rm --undo {run}" in refused.stderr
    with Store.open(folder) as store:
        assert store.run(run).status == "stopped"
        assert not store.run(run).resumable
    assert call("rm", "--undo", str(run)).exit_code == 0
    assert call("resume", str(run)).exit_code == 0
    with Store.open(folder) as store:
        assert store.run(run).status == "queued"
        # and what is live by then is not removed
        with pytest.raises(EngineError, match="still running"):
            store.delete(run)
