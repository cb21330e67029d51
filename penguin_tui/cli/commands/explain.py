"""`penguin-tui explain RUN`: which columns its predictions rest on."""

import click

from engine.client.queries import answer
from engine.results.explanation import Explanation
from engine.specs.kinds.explain import ExplainQuestion
from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import say_blocks, say_json
from penguin_tui.cli.output.files import parquet_options, print_table, refuse_several
from penguin_tui.presentation.results.explanation import explanation_blocks


@click.command("explain")
@click.argument("run", type=RunNumber())
@click.option("--repeats", type=click.IntRange(2, 1000), default=10, show_default=True,
              help="Permutations of each column.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line of CSV for each column.")
@parquet_options
def explain_command(
    run: int, repeats: int, as_json: bool, as_csv: bool, parquet: str | None, force: bool
) -> None:
    """Show how much each column matters to what a run predicts.

    Permutation importance: by how much the accuracy on validation rows falls
    when the column is permuted among them. The test rows are not looked at.
    """
    refuse_several(json=as_json, csv=as_csv, parquet=parquet)
    with store_of_run(run) as (store, record):
        question = ExplainQuestion(
            home=str(store.home),
            run=record.id,
            rule=record.decision_rule_json or "",
            repeats=repeats,
        )
        found = answer(store, "explain", question, "explain")
    assert isinstance(found, Explanation)
    if as_json:
        say_json(found.json_object())
    elif as_csv or parquet:
        rows = [list(own.json_object().values()) for own in found.columns]
        print_table((("column", "mean", "low", "high"), rows), parquet, force)
    else:
        say_blocks(list(explanation_blocks(found)))
