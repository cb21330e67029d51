"""`penguin-tui fields KIND`: every field there is to set, for a person."""

import click

from penguin_tui.cli.arguments import KIND
from penguin_tui.cli.output.console import say_all


@click.command("fields")
@click.argument("kind", type=KIND)
def fields_command(kind: str) -> None:
    """List the fields of a kind of run: default, what is allowed, what it does."""
    from penguin_tui.cli.output.fields_table import field_lines

    say_all(field_lines(kind))
