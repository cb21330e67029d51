"""`penguin-tui runs`: every run there has been, newest first."""

import sys

import click

from engine.environment import clock
from penguin_tui.cli.arguments import KIND, STATUS, WholeNumber, settled_store
from penguin_tui.cli.output.console import say, say_all, say_json, terminal_columns
from penguin_tui.presentation.blocks import muted, warning

SHOWN = 30


@click.command("runs")
@click.option("--kind", type=KIND, help="Only runs of this kind.")
@click.option("--status", type=STATUS, help="Only runs of this status.")
@click.option(
    "--limit",
    type=WholeNumber(0),
    metavar="N",
    help=f"At most N runs; 0: all. Without it the newest {SHOWN}, and all with --json.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def runs_command(kind: str | None, status: str | None, limit: int | None, as_json: bool) -> None:
    """List the runs, newest first.

    Test accuracy is followed by how often that held-out test set has been
    evaluated: the more often, the less the figure says. Choose by validation
    accuracy.
    """
    from engine.client.process import engine_status
    from engine.exports.run_json import run_row
    from penguin_tui.presentation.engine_text import queue_text, trouble
    from penguin_tui.presentation.runs_list import printed

    with settled_store() as store:
        engine = engine_status(store)
        found = [
            record
            for record in store.runs()
            if kind in (None, record.kind) and status in (None, record.status)
        ]
    if limit is None:
        limit = 0 if as_json else SHOWN
    shown = found[:limit] if limit else found
    if wrong := trouble(engine):
        say(warning(wrong), err=True)
    if as_json:
        say_json([run_row(record) for record in shown])
        return
    if not found:
        say("No runs." if kind or status else "No runs yet. 'penguin-tui run baseline' makes one.")
        return
    head, *lines = printed(shown, clock.now(), terminal_columns(sys.stdout))
    say_all([muted(head), *lines])
    if len(shown) < len(found):
        say(f"{len(found) - len(shown):,} more; --limit 0 shows all.")
    if waits := queue_text(shown, engine):
        say(waits)
