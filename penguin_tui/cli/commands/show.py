"""`penguin-tui show RUN`: the result of a run, or its progress."""

import click

from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import say_blocks, say_json


@click.command("show")
@click.argument("run", type=RunNumber())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, as 'run' does.")
def show_command(run: int, as_json: bool) -> None:
    """Show the result of a run, or its progress now."""
    from engine.client.process import engine_status
    from engine.exports.run_json import run_object
    from engine.runs.state import RunState, fold
    from penguin_tui.presentation.run_blocks import run_blocks

    with store_of_run(run) as (store, record):
        state = fold(RunState(), store.events(record.id)[1])
        engine = engine_status(store)
    if as_json:
        say_json(run_object(record, state))
    else:
        say_blocks(run_blocks(record, state, engine))
