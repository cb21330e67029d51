"""A store with text of others, a damaged one, and a file that is none."""

import time
from pathlib import Path

from engine.runs.events import Ended, Note, Phase
from engine.store.store import Store
from tests.support.command_line import (
    call,
    finished_events,
    put,
    put_finished,
    trained,
)

HOSTILE = "\x1b[31m\u202e[red]=1+1\t\n"


def test_text_of_others_never_reaches_the_terminal_as_it_is(folder: Path) -> None:
    now = time.time()
    events = finished_events(trained((HOSTILE, "b"), cell=HOSTILE))[:-1]
    events += [
        Note(at=now, level="warning", text=HOSTILE),
        Phase(name=HOSTILE),
        Ended(at=now, status="failed", message=HOSTILE, hint=HOSTILE),
    ]
    run = put(folder, events, name=HOSTILE, target="t" + HOSTILE, data="/x/" + HOSTILE)
    call("note", str(run), HOSTILE)
    for arguments in (
        ["runs"],
        ["runs", "--json"],
        ["show", str(run)],
        ["show", str(run), "--json"],
        ["log", str(run)],
        ["log", str(run), "--json"],
        ["rm", str(run)],
    ):
        result = call(*arguments)
        assert result.exit_code == 0, result.output
        assert not {"\x1b", "\u202e", "\t"} & set(result.output), arguments


def test_damage_to_the_store_is_told_without_a_traceback(folder: Path) -> None:
    run = put_finished(folder)
    with Store.open(folder) as store, store.writing() as connection:
        connection.execute('UPDATE runs SET spec = \'{"kind": "train", "x": 1}\'')
        connection.execute("UPDATE events SET body = 'nonsense' WHERE number = 1")
    result = call("show", str(run))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert f"what run {run} has reported" in result.stderr


def test_a_file_that_is_no_store_is_told(folder: Path) -> None:
    (folder / "penguin-tui.sqlite3").write_bytes(b"this is no database" * 100)
    result = call("runs")
    assert result.exit_code == 1
    assert "penguin-tui.sqlite3" in result.stderr
