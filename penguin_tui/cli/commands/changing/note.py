"""`penguin-tui note RUN TEXT`: keeps a note with a run."""

import click

from penguin_tui.cli.arguments import RunName, RunNumber, find_run, opened_store
from penguin_tui.cli.output.console import say


@click.command("note")
@click.argument("run", type=RunNumber())
@click.argument("text", type=RunName())
def note_command(run: int, text: str) -> None:
    """Keep a note with a run; an empty one takes it away."""
    with opened_store() as store:
        record = find_run(store, run)
        store.annotate(record.id, text)
    say(f"Noted with run {record.id}." if text else f"Run {record.id} has no note any more.")
