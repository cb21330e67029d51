"""`penguin-tui schema KIND`: every field there is to set, as a JSON schema."""

import click

from penguin_tui.cli.arguments import KIND
from penguin_tui.cli.output.console import say_all, say_json


@click.command("schema")
@click.argument("kind", type=KIND)
@click.option("--text", is_flag=True, help="A table for a person, as 'fields' prints it.")
def schema_command(kind: str, text: bool) -> None:
    """Print the fields of a kind of run as a JSON schema."""
    from engine.kinds import KINDS
    from penguin_tui.cli.output.fields_table import field_lines

    if text:
        say_all(field_lines(kind))
    else:
        say_json(KINDS[kind].spec.model_json_schema())
