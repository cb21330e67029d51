"""`penguin-tui smallest RUN`: the smallest network that does what a run's does."""

from typing import Literal, cast

import click

from engine.client.queries import answer
from engine.client.smallest import smallest_question
from engine.planning.chosen_training import training_of
from engine.results.smallest import SmallestResult
from engine.runs.state import RunState, fold
from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import WrongUse, say_blocks, say_json
from penguin_tui.cli.output.files import parquet_options, print_table, refuse_several
from penguin_tui.presentation.results.smallest import smallest_blocks


@click.command("smallest")
@click.argument("run", type=RunNumber())
@click.option(
    "--within", type=click.Choice(("se", "pp")), default="se",
    help="As good: within one standard error over seeds (se, the default), or within 1 pp (pp).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line of CSV for each network tried.")
@parquet_options
def smallest_command(
    run: int, within: str, as_json: bool, as_csv: bool, parquet: str | None, force: bool
) -> None:
    """Find the smallest network that does it.

    From a training, or the best of a sweep or search: networks from the
    fewest parameters on, five seeds each, until one is as good on the
    validation rows. Small ones are written out as formula, SQL and scoring
    card, checked against the network on all rows.
    """
    refuse_several(json=as_json, csv=as_csv, parquet=parquet)
    with store_of_run(run) as (store, record):
        spec = training_of(record.spec, fold(RunState(), store.events(record.id)[1]))
        if spec is None:
            raise WrongUse(f"Run {run} has no network with settings to begin with.")
        question = smallest_question(spec, cast("Literal['se', 'pp']", within))
        found = answer(store, "smallest", question, "smallest")
    assert isinstance(found, SmallestResult)
    if as_json:
        say_json(found.model_dump(mode="json"))
    elif as_csv or parquet:
        print_table(found.table(), parquet, force)
    else:
        say_blocks(list(smallest_blocks(found)))
