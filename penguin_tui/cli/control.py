"""Stopping a run, letting it wait, letting it go on."""

import time
from typing import TYPE_CHECKING, Literal

import click

from penguin_tui.cli.arguments import RunNumber, find_run, settled_store
from penguin_tui.cli.console import say, say_json

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
    from engine.client import stop_run

    with settled_store() as store:
        number = find_run(store, run).id
        stop_run(store, number)
        record = _wait(store, number, lambda record: not record.live)
    if as_json:
        say_json({"run": number, "status": record.status, "message": record.message})
    elif record.live:
        say(f"Run {number} was asked to stop and has not ended yet.")
    elif record.status == "stopped":
        say(f"Run {number} is stopped.")
    else:
        say(f"Run {number} had ended already ({record.status}).")
    return 1 if record.live else 0


@click.command("pause")
@click.argument("run", type=RunNumber())
def pause_command(run: int) -> int:
    """Let a run wait; 'penguin-tui resume' lets it go on."""
    return _ask(run, "pause", ("running",), "paused", "waits")


@click.command("resume")
@click.argument("run", type=RunNumber())
def resume_command(run: int) -> int:
    """Let a paused run go on."""
    return _ask(run, "resume", ("paused",), "running", "goes on")


def _ask(
    run: int,
    what: Literal["pause", "resume"],
    possible: tuple[str, ...],
    wanted: str,
    answer: str,
) -> int:
    from engine.errors import EngineError

    with settled_store() as store:
        record = find_run(store, run)
        if record.status not in possible:
            raise EngineError(
                f"Run {record.id} is {record.status}; only a run that is"
                f" {' or '.join(possible)} can {what}."
            )
        store.request(record.id, what)
        record = _wait(store, record.id, lambda now: now.status == wanted or not now.live)
    if record.status != wanted:
        say(f"Run {record.id} is {record.status}.")
        return 1
    say(f"Run {record.id} {answer}.")
    return 0


def _wait(store: "Store", run: int, reached: "Callable[[RunRecord], bool]") -> "RunRecord":
    """The run once it is as wanted, or as it is after some seconds."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while not reached(record := store.run(run)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return record
