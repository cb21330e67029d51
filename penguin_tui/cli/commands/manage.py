"""Naming, noting, removing runs and bringing them back."""

import click

from penguin_tui.cli.arguments import RunName, RunNumber, find_run, opened_store, settled_store
from penguin_tui.cli.output.console import WrongUse, say


@click.command("rename")
@click.argument("run", type=RunNumber())
@click.argument("name", type=RunName())
def rename_command(run: int, name: str) -> None:
    """Give a run a name; an empty one takes it away."""
    with opened_store() as store:
        record = find_run(store, run)
        store.rename(record.id, name)
    say(f"Run {record.id} is renamed." if name else f"Run {record.id} has no name any more.")


@click.command("note")
@click.argument("run", type=RunNumber())
@click.argument("text", type=RunName())
def note_command(run: int, text: str) -> None:
    """Keep a note with a run; an empty one takes it away."""
    with opened_store() as store:
        record = find_run(store, run)
        store.annotate(record.id, text)
    say(f"Noted with run {record.id}." if text else f"Run {record.id} has no note any more.")


@click.command("rm")
@click.argument("runs", type=RunNumber(), nargs=-1, required=True, metavar="RUN...")
@click.option("--undo", is_flag=True, help="Bring removed runs back.")
def rm_command(runs: tuple[int, ...], undo: bool) -> None:
    """Remove runs that have ended, or bring them back with --undo."""
    with settled_store() as store:
        if undo and 0 in runs:
            raise WrongUse("--undo needs the number of the run that was removed.")
        found = [find_run(store, run) for run in dict.fromkeys(runs)]
        if not undo and (live := [record for record in found if record.live]):
            raise WrongUse(
                f"Run {live[0].id} is still at work; nothing was removed.",
                f"'penguin-tui stop {live[0].id}' stops it.",
            )
        for record in found:
            if undo:
                store.undelete(record.id)
            else:
                store.delete(record.id)
    numbers = " ".join(str(record.id) for record in found)
    if undo:
        say(f"Back again: {numbers}.")
    else:
        say(f"Removed: {numbers}. 'penguin-tui rm --undo {numbers}' brings back.")
