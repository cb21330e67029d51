"""`penguin-tui engine …`: the process that does the runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from penguin_tui.cli.arguments import Text, WholeNumber, opened_store
from penguin_tui.cli.output.console import LONGEST_MESSAGE, complain, say, say_all, say_json
from penguin_tui.presentation.blocks import warning

if TYPE_CHECKING:
    from engine.client.process import EngineStatus

LOG_TAIL_BYTES = 4_000_000


@click.group("engine")
def engine_command() -> None:
    """The engine is the process that does the runs.

    It is started when there is work, loads its libraries once, works on when
    the terminal goes away, and ends by itself after 15 idle minutes.
    """


@engine_command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status_command(as_json: bool) -> None:
    """Tell whether the engine is alive and what it does."""
    from engine.client.process import engine_status
    from engine.errors import EngineError
    from engine.store.home import home, log_path
    from engine.store.locks import lock_holder

    try:
        with opened_store() as store:
            status = engine_status(store)
            log = log_path(store.home)
            shares_memory = store.shares_memory
    except EngineError:
        holder = lock_holder(home())
        if holder is not None:
            say(f"An engine is alive (process {holder}); 'penguin-tui engine stop' ends it.")
        raise
    if as_json:
        say_json(_fields(status, log))
        return
    _say_status(status)
    say(f"Everything is kept in {log.parent}.")
    if not shares_memory:
        say(
            "The file system there cannot share memory, so the store does without WAL mode: reading"
            " and writing wait for each other."
        )


def _fields(status: "EngineStatus", log: Path) -> dict[str, object]:
    """The status as JSON."""
    from engine.environment import clock

    record = status.record
    return {
        "state": status.state,
        "detail": status.detail,
        "running": status.running,
        "queued": status.queued,
        "places": status.places or None,
        "silent_seconds": status.silent_for,
        "unsaved_seconds": status.unsaved_for,
        "unsaved_cause": status.unsaved_cause or None,
        "pid": record.pid if record else None,
        "host": record.host if record else None,
        "started": clock.iso(record.started) if record else None,
        "version": record.version if record else None,
        "home": str(log.parent),
        "log": str(log),
    }


def _say_status(status: "EngineStatus") -> None:
    from penguin_tui.presentation.engine_text import trouble
    from penguin_tui.presentation.text import counted, when

    detail = f" ({status.detail})" if status.detail not in ("", status.state) else ""
    say(f"The engine is {status.state}{detail}.")
    say(f"{counted(status.running, 'run')} running, {status.queued:,} queued.")
    if wrong := trouble(status):
        say(warning(wrong))
    record = status.record
    if record is not None:
        say(f"Process {record.pid} since {when(record.started)}, version {record.version}.")


@engine_command.command("cluster")
@click.argument("address", type=Text(), required=False)
def cluster_command(address: str | None) -> None:
    """Choose the Dask scheduler whose workers train the trials of all runs.

    ADDRESS is as in tls://host:8786?ca=FILE&cert=FILE&key=FILE, or 'local': all runs
    stay on this machine. Without it the choice is shown.
    """
    from engine.client.cluster_choice import keep_choice, kept_choice
    from engine.specs.cluster import LOCAL, Cluster
    from penguin_tui.presentation.runs.cluster import chosen_text

    with opened_store() as store:
        if address is not None:
            keep_choice(store, address)
        text = kept_choice(store)
    say(chosen_text("" if text in ("", LOCAL) else Cluster.parse(text).address))


@engine_command.command("start")
def start_command() -> None:
    """Start the engine, so that its libraries are loaded before they are needed."""
    from engine.client.process import ensure_engine
    from engine.store.locks import engine_alive

    with opened_store() as store:
        alive = engine_alive(store.home)
        ensure_engine(store)
    say("The engine was running already." if alive else "The engine is starting.")


@engine_command.command("stop")
def stop_command() -> int:
    """End the engine; running runs are marked as interrupted, queued ones stay queued.

    It needs no store: neither a full disk nor a damaged file keeps it alive. One
    that does not answer is killed after ten seconds.
    """
    from engine.client.process import stop_engine
    from engine.store.heartbeat import last_heartbeat
    from engine.store.home import home
    from engine.store.locks import engine_alive
    from penguin_tui.presentation.engine_text import ended_text

    folder = home()
    if not engine_alive(folder):
        say("The engine was not running.")
        return 0
    running = _running()
    beat = last_heartbeat(folder)
    ended = stop_engine(folder)
    if not ended:
        say("The engine has not ended yet; 'penguin-tui engine status' shows its process.")
        return 1
    for sentence in ended_text(ended, running, beat):
        say(sentence)
    return 0


def _running() -> int:
    """How many runs the engine works on; 0 where the store cannot say."""
    from engine.errors import EngineError

    try:
        with opened_store() as store:
            return sum(record.at_work for record in store.live_runs())
    except EngineError as error:
        complain(error.message, error.hint)
        return 0


@engine_command.command("log")
@click.option("--lines", type=WholeNumber(1), default=50, metavar="N", help="The last N lines.")
def log_command(lines: int) -> None:
    """Print the end of the engine's log, where tracebacks of failed runs are."""
    from engine.store.home import home, log_path
    from penguin_tui.presentation.text import clipped

    path = log_path(home())
    if not path.exists():
        say("The engine has not been started yet, so there is no log.")
        return
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOG_TAIL_BYTES))
        tail = file.read().decode(errors="replace").splitlines()[-lines:]
    say_all(clipped(line, LONGEST_MESSAGE) for line in tail)
