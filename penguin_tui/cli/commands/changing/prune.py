"""`penguin-tui prune`: removes what old runs no longer need, after showing it."""

import sys

import click

from engine.environment import clock
from penguin_tui.cli.arguments import WholeNumber, settled_store
from penguin_tui.cli.output.console import say, say_blocks
from penguin_tui.presentation.blocks import Block

DAY_SECONDS = 86_400


@click.command("prune")
@click.option(
    "--older-than", type=WholeNumber(0), default=30, metavar="DAYS", show_default=True,
    help="Only of runs that ended so many days ago.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Remove it without asking.")
def prune_command(older_than: int, yes: bool) -> None:
    """Show what old runs no longer need, and remove it.

    Settings, results, scores, networks and the count of test evaluations stay.
    What goes are the curves of trials, checkpoints, what removed runs have left,
    and copies of data that no run uses.
    """
    from engine.store.pruning import prunable, prune
    from penguin_tui.presentation.text import counted, size

    before = clock.now() - older_than * DAY_SECONDS
    with settled_store() as store:
        found = prunable(store, before)
        if not found:
            say(f"There is nothing to remove of runs older than {counted(older_than, 'day')}.")
            return
        rows = tuple((r.what, f"{r.runs:,}" if r.runs else "", size(r.bytes)) for r in found)
        say_blocks([Block(header=("what", "runs", "size"), rows=rows)])
        say(f"In all {size(sum(r.bytes for r in found))}.")
        if not yes and not (sys.stdin.isatty() and click.confirm("Remove it?", err=True)):
            say("Nothing was removed; --yes removes it.")
            return
        prune(store, before)
    say("Removed.")
