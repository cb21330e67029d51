"""`penguin-tui rm RUN...`: removes runs, or brings them back."""

import click

from penguin_tui.cli.arguments import RunNumber, find_run, settled_store
from penguin_tui.cli.output.console import WrongUse, say


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
                f"Run {live[0].id} is still live; nothing was removed.",
                f"'penguin-tui stop {live[0].id}' stops it.",
            )
        for record in found:
            if undo:
                store.undelete(record.id)
            else:
                store.delete(record.id)
    numbers = " ".join(str(record.id) for record in found)
    if undo:
        say(f"Restored: {numbers}.")
    else:
        say(f"Removed: {numbers}. 'penguin-tui rm --undo {numbers}' restores them.")
