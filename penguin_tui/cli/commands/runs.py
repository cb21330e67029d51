"""`penguin-tui runs`: every run there has been, newest first."""

import sys
from typing import TYPE_CHECKING

import click

from engine.environment import clock
from penguin_tui.cli.arguments import KIND, STATUS, Text, WholeNumber, settled_store
from penguin_tui.cli.output.console import (
    WrongUse,
    say,
    say_all,
    say_json,
    terminal_columns,
)
from penguin_tui.cli.output.files import parquet_options, print_table, refuse_several
from penguin_tui.presentation.blocks import muted, warning

if TYPE_CHECKING:
    from penguin_tui.presentation.runs.columns import RunColumn
    from penguin_tui.presentation.runs.filter import RunFilter

SHOWN = 30


@click.command("runs")
@click.option("--kind", type=KIND, help="Only runs of this kind.")
@click.option("--status", type=STATUS, help="Only runs of this status.")
@click.option(
    "--where",
    type=Text(),
    default="",
    metavar="FILTER",
    help="Only runs that match, such as 'lr<0.01 val>97% tag:final !failed'.",
)
@click.option(
    "--columns",
    type=Text(),
    default="",
    metavar="NAMES",
    help="The columns to print, such as 'name,val,lr,dropout': any setting or figure.",
)
@click.option(
    "--limit",
    type=WholeNumber(0),
    metavar="N",
    help=f"At most N runs; 0: all. Without it the newest {SHOWN}, and all with --json or --csv.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, every figure and setting.")
@parquet_options
def runs_command(
    kind: str | None,
    status: str | None,
    where: str,
    columns: str,
    limit: int | None,
    as_json: bool,
    as_csv: bool,
    parquet: str | None,
    force: bool,
) -> None:
    """List the runs, newest first.

    A filter has words that a run's line holds, a field and a word (kind: data:
    target: protocol: status: tag: name: note:), and settings or figures with
    one of = != < <= > >= and a value. All have to hold; ! turns one round.

    Test accuracy is followed by how often that held-out test set has been
    evaluated: the more often, the less the figure says. Choose by validation
    accuracy.
    """
    from engine.client.process import engine_status
    from engine.store.home import home
    from penguin_tui.cli.kept_words import keep_words, recall_words
    from penguin_tui.presentation.engine_text import queue_text, trouble
    from penguin_tui.presentation.runs_list import printed

    refuse_several(csv=as_csv, json=as_json, parquet=parquet)
    chosen, own = _read(where, columns)
    known = recall_words(home())
    with settled_store() as store:
        engine = engine_status(store)
        runs = store.runs()
    found = [
        record
        for record in runs
        if kind in (None, record.kind)
        and status in (None, record.status)
        and chosen.matches(record)
    ]
    if limit is None:
        limit = 0 if as_json or as_csv or parquet else SHOWN
    shown = found[:limit] if limit else found
    if wrong := trouble(engine):
        say(warning(wrong), err=True)
    if as_json:
        from engine.exports.run_json import run_row

        say_json([run_row(record) for record in shown])
        return
    if as_csv or parquet:
        from engine.exports.runs_csv import runs_table

        print_table(runs_table(shown), parquet, force)
        return
    if not found:
        keep_words(home(), known, runs)
        say(
            "No runs."
            if kind or status or chosen
            else "No runs yet. 'penguin-tui run baseline' makes one."
        )
        return
    head, *lines = printed(shown, clock.now(), terminal_columns(sys.stdout), own)
    keep_words(home(), known, runs)
    say_all([muted(head), *lines])
    if len(shown) < len(found):
        say(f"{len(found) - len(shown):,} more; --limit 0 shows all.")
    if waits := queue_text(shown, engine):
        say(waits)


def _read(where: str, columns: str) -> "tuple[RunFilter, tuple[RunColumn, ...]]":
    """The filter and the columns that were typed; raises WrongUse for the first mistake."""
    from penguin_tui.presentation.runs.columns import read_columns
    from penguin_tui.presentation.runs.filter import parse_filter

    chosen = parse_filter(where)
    own, wrong_names = read_columns(columns)
    for option, problems in (("where", chosen.problems), ("columns", wrong_names)):
        if problems:
            raise WrongUse(f"{option}: {problems[0]}")
    return chosen, own
