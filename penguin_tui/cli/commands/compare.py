"""`penguin-tui compare RUN RUN…`: runs side by side."""

import click

from engine.comparison.comparison import LEAST, MOST
from penguin_tui.cli.arguments import RunNumber, find_run, settled_store
from penguin_tui.cli.output.console import WrongUse, say_blocks, say_json
from penguin_tui.cli.output.files import parquet_options, print_table, refuse_several
from penguin_tui.presentation.text import counted


@click.command("compare")
@click.argument("runs", type=RunNumber(), nargs=-1, required=True, metavar="RUN RUN...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every two runs as a line of CSV.")
@parquet_options
def compare_command(
    runs: tuple[int, ...], as_json: bool, as_csv: bool, parquet: str | None, force: bool
) -> None:
    """Compare two to eight runs.

    Prints scores with intervals, the settings that differ, and of every two
    runs with the same validation rows the exact McNemar test and the rows that
    only one of them gets right. Two evaluations are compared fold by fold.
    """
    from engine.comparison.comparison import compared_runs
    from engine.exports.comparison_json import comparison_object, pairs_table
    from penguin_tui.presentation.comparison.report import comparison_blocks

    refuse_several(json=as_json, csv=as_csv, parquet=parquet)
    with settled_store() as store:
        records = [find_run(store, run) for run in runs]
        records = list({record.id: record for record in records}.values())
        if not LEAST <= len(records) <= MOST:
            number = counted(len(records), "run")
            raise WrongUse(f"{number} cannot be compared: name {LEAST} to {MOST} different ones.")
        found = compared_runs(store, records)
    if as_json:
        say_json(comparison_object(found))
    elif as_csv or parquet:
        print_table(pairs_table(found), parquet, force)
    else:
        say_blocks(list(comparison_blocks(found)))
