"""`penguin-tui check RUN`: what is wrong with a run, for a person and for CI."""

from typing import cast

import click

from engine.client.queries import answer
from engine.environment.variables import IGNORED_CHECKS
from engine.results.checks import CODES, SEVERITIES, CheckReport, Severity
from engine.specs.kinds.check import CheckSpec
from penguin_tui.cli.arguments import KnownName, RunNumber, store_of_run
from penguin_tui.cli.output.console import WrongUse, say_blocks, say_json
from penguin_tui.cli.output.files import parquet_options, print_table, refuse_several
from penguin_tui.presentation.checks import check_blocks

FOUND = 1
CODE = KnownName("code", "check", lambda: CODES)


@click.command("check")
@click.argument("run", type=RunNumber())
@click.option(
    "--fail-on", type=click.Choice(SEVERITIES), metavar="SEVERITY",
    help="End with code 1 where a finding is as severe: info, warning or error.",
)  # fmt: skip
@click.option("--ignore", type=CODE, multiple=True, metavar="CODE", help="Do not look for this.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line of CSV for each finding.")
@parquet_options
def check_command(
    run: int, fail_on: str | None, ignore: tuple[str, ...],
    as_json: bool, as_csv: bool, parquet: str | None, force: bool,
) -> None:  # fmt: skip
    """Look for what is wrong with a run.

    Each finding is measured, on the training and validation rows: overfitting,
    leakage, bad calibration and more (docs/checks.md). Codes in
    PENGUIN_TUI_IGNORE_CHECKS are not looked for either.
    """
    refuse_several(json=as_json, csv=as_csv, parquet=parquet)
    with store_of_run(run) as (store, record):
        if record.live:
            raise WrongUse(f"Run {record.id} is {record.status}.", "Wait until it has ended.")
        ignored = (*ignore, *IGNORED_CHECKS.value())
        spec = CheckSpec(folder=str(store.home), run=record.id, ignore=ignored)
        found = answer(store, "check", spec, "check")
    assert isinstance(found, CheckReport)
    if as_json:
        say_json(found.json_object())
    elif as_csv or parquet:
        print_table(found.table(), parquet, force)
    else:
        say_blocks(list(check_blocks(found, keys=False)))
    if fail_on is not None and found.failing(cast("Severity", fail_on)):
        click.get_current_context().exit(FOUND)
