"""What `run` and `rerun` do alike: queue a run, watch it or leave it, print its result."""

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from engine.client.checking import checked
from engine.client.kept_input import STANDARD_INPUT, keep_input
from engine.client.submission import queue
from engine.errors import EngineError
from engine.specs.run_spec import RunSpec
from engine.store.store import Store
from penguin_tui.cli.arguments import opened_store
from penguin_tui.cli.interruption import Interruption
from penguin_tui.cli.output.console import WrongUse, complain, say, say_blocks, say_json
from penguin_tui.presentation.text import size as bytes_text

Command = TypeVar("Command", bound=Callable[..., object])


def output_options(command: Command) -> Command:
    """The options `--json`, `--detach` and `--quiet`."""
    for option in (
        click.option("--quiet", is_flag=True, help="No progress on standard error."),
        click.option("--detach", is_flag=True, help="Return at once; the run continues by itself."),
        click.option(
            "--json", "as_json", is_flag=True, help="Print the result as one JSON object."
        ),
    ):
        command = option(command)
    return command


def submit_checked(store: Store, spec: RunSpec, name: str, cluster: str = "") -> int:
    """Queue the run of a spec; raises `WrongUse` where it is known at once to be impossible.

    A table from standard input is kept first, and stays only if the run is queued.
    """
    kept = None
    try:
        if spec.data == STANDARD_INPUT:
            kept, size = keep_input(store.home, sys.stdin.buffer)
            spec = spec.model_copy(update={"data": str(kept)})
            say(f"Standard input: {bytes_text(size)}, kept as {kept}.", err=True)
        spec = checked(spec)
    except EngineError as error:
        if kept is not None:
            from engine.store.pruning import uses_copy

            if not uses_copy(store, kept):
                kept.unlink(missing_ok=True)
        raise WrongUse(error.message, error.hint) from None
    return queue(store, spec, name=name, cluster=cluster)


def submit_and_show(
    queue: Callable[[Store], int], *, as_json: bool, detach: bool, quiet: bool
) -> int:
    """Queue a run by `queue`, which returns its number, and show it to its end: the exit code."""
    return _detached(queue, as_json) if detach else _followed(queue, as_json, quiet)


def _detached(queue: Callable[[Store], int], as_json: bool) -> int:
    with opened_store() as store:
        run = queue(store)
        _say_where(store, run)
    if as_json:
        say_json({"run": run}, lines=True)
    else:
        say(f"Run {run} is queued.")
        say(f"'penguin-tui log {run} --follow' watches it, 'penguin-tui stop {run}' stops it.")
    return 0


def _say_where(store: Store, run: int) -> None:
    """Say on standard error that the data of a run leave this machine, where they do."""
    cluster = store.run(run).cluster
    if cluster is not None:
        from penguin_tui.presentation.runs.cluster import destination

        say(destination(cluster.address), err=True)


def _followed(queue: Callable[[Store], int], as_json: bool, quiet: bool) -> int:
    with opened_store() as store, Interruption(store.home) as interruption:
        run = queue(store)
        _say_where(store, run)
        interruption.watch(run)
        # while these are loaded the engine is at the run
        from penguin_tui.cli.following import exit_code, follow_to_end
        from penguin_tui.presentation.run_blocks import run_blocks

        record, state = follow_to_end(store, run, interruption, quiet)
    if as_json:
        from engine.exports.run_json import run_object

        say_json(run_object(record, state))
    else:
        say_blocks(run_blocks(record, state))
    code = exit_code(record, interruption)
    if code == 1 and (as_json or not sys.stdout.isatty()):
        # whoever keeps the result in a file still learns the reason
        complain(f"Run {run} {record.status}: {record.message}", record.hint)
    return code
