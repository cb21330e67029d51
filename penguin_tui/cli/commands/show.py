"""`penguin-tui show RUN`: the result of a run, or its progress."""

import click

from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import say_blocks, say_json
from penguin_tui.cli.output.files import parquet_options, print_table, refuse_several


@click.command("show")
@click.argument("run", type=RunNumber())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, as 'run' does.")
@click.option("--csv", "as_csv", is_flag=True, help="Print its line of runs --csv: every figure.")
@parquet_options
def show_command(run: int, as_json: bool, as_csv: bool, parquet: str | None, force: bool) -> None:
    """Show the result of a run, or its progress now."""
    from engine.client.process import engine_status
    from engine.runs.state import RunState, fold

    refuse_several(json=as_json, csv=as_csv, parquet=parquet)
    with store_of_run(run) as (store, record):
        state = fold(RunState(), store.events(record.id)[1])
        engine = engine_status(store)
    if as_json:
        from engine.exports.run_json import run_object

        say_json(run_object(record, state))
    elif parquet or as_csv:
        from engine.exports.runs_csv import runs_table

        print_table(runs_table([record]), parquet, force)
    else:
        from penguin_tui.presentation.run_blocks import run_blocks

        say_blocks(run_blocks(record, state, engine))
