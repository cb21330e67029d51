"""Stopping a run, letting it wait, letting it go on."""

from typing import TYPE_CHECKING

import click

from penguin_tui.cli.arguments import RunNumber, find_run, settled_store
from penguin_tui.cli.output.console import caution, say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.store import RunRecord, Store

ANSWER_SECONDS = 5.0


@click.command("stop")
@click.argument("run", type=RunNumber())
@click.option("--json", "as_json", is_flag=True, help="Print the run and its status as JSON.")
def stop_command(run: int, as_json: bool) -> int:
    """Stop a run, and wait a moment for it to end.

    A stopped training is scored on its training and validation parts; the test
    part stays sealed. Exit code 1 when the run has not ended after five seconds.
    """
    from engine.client import reconcile, stop_run

    with settled_store() as store:
        number = find_run(store, run).id
        stop_run(store, number)
        reconcile(store)
        record = _wait(store, number, lambda record: not record.live)
    if as_json:
        say_json({"run": number, "status": record.status, "message": record.message})
    elif record.live:
        say(f"Run {number} was asked to stop and has not ended yet.")
        say(f"'penguin-tui kill {number}' ends it, and the engine's process with it.")
    elif record.status == "stopped":
        say(f"Run {number} is stopped.")
    else:
        say(f"Run {number} had ended already ({record.status}).")
    return 1 if record.live else 0


@click.command("pause")
@click.argument("run", type=RunNumber())
def pause_command(run: int) -> int:
    """Let a run wait; 'penguin-tui resume' lets it go on."""
    from engine.errors import EngineError

    with settled_store() as store:
        record = find_run(store, run)
        if record.status != "running":
            raise EngineError(
                f"Run {record.id} is {record.status}; only a run that is running can pause."
            )
        store.request(record.id, "pause")
        record = _wait(store, record.id, lambda now: now.status == "paused" or not now.live)
    if record.status != "paused":
        say(f"Run {record.id} is {record.status}.")
        return 1
    say(f"Run {record.id} waits.")
    return 0


@click.command("resume")
@click.argument("run", type=RunNumber())
def resume_command(run: int) -> int:
    """Let a run go on that is paused or was cut off (lost, interrupted, stopped, failed).

    A training goes on from its last checkpoint and gives the same figures as one
    that was never cut off; a sweep or search keeps every candidate that is done.
    """
    from engine.client import resume_run
    from penguin_tui.presentation.text import sanitize

    with settled_store() as store:
        record = find_run(store, run)
        paused = record.status == "paused"
        for difference in resume_run(store, record.id):
            say(caution(f"Different today: {sanitize(difference)}"), err=True)
        if paused:
            record = _wait(store, record.id, lambda now: now.status != "paused")
        else:
            record = store.run(record.id)
    if record.status == "paused":
        say(f"Run {record.id} is still paused.")
        return 1
    waits = " as soon as the engine is ready" if record.status == "queued" else ""
    say(f"Run {record.id} goes on{waits}.")
    return 0


@click.command("kill")
@click.argument("run", type=RunNumber())
def kill_command(run: int) -> int:
    """End a run that does not stop when it is asked to.

    This ends the engine's process. A new one starts at once, and the runs beside
    it go on by themselves from their last checkpoints.
    """
    from engine.client import kill_run

    with settled_store() as store:
        number = find_run(store, run).id
        kill_run(store, number)
        record = _wait(store, number, lambda record: not record.live)
    if record.live:
        say(f"Run {number} could not be killed.")
        return 1
    say(f"Run {number} is killed.")
    return 0


def _wait(store: "Store", run: int, reached: "Callable[[RunRecord], bool]") -> "RunRecord":
    """The run once it is as wanted, or as it is after some seconds."""
    store.wait_for(lambda: reached(store.run(run)), ANSWER_SECONDS)
    return store.run(run)
