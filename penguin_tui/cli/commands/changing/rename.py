"""`penguin-tui rename RUN NAME`: gives a run a name."""

import click

from penguin_tui.cli.arguments import RunName, RunNumber, find_run, opened_store
from penguin_tui.cli.output.console import say


@click.command("rename")
@click.argument("run", type=RunNumber())
@click.argument("name", type=RunName())
def rename_command(run: int, name: str) -> None:
    """Give a run a name; an empty one takes it away."""
    with opened_store() as store:
        record = find_run(store, run)
        store.rename(record.id, name)
    say(f"Run {record.id} is renamed." if name else f"Run {record.id} has no name any more.")
