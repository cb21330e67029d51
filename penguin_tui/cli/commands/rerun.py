"""`penguin-tui rerun RUN`: the same settings and seed again."""

from typing import TYPE_CHECKING

import click

from penguin_tui.cli.arguments import RunNumber, find_run
from penguin_tui.cli.output.console import caution, say
from penguin_tui.cli.submission import output_options, submit_and_show

if TYPE_CHECKING:
    from engine.store import Store


@click.command("rerun")
@click.argument("run", type=RunNumber())
@output_options
def rerun_command(run: int, as_json: bool, detach: bool, quiet: bool) -> int:
    """Rerun a run with the same settings and seed.

    Changes of the environment (versions, threads, processor) are reported on
    standard error. It is refused when the data file has changed since.
    """

    def submit(store: "Store") -> int:
        from engine.client import rerun
        from penguin_tui.presentation.text import sanitize

        number, differences = rerun(store, find_run(store, run).id)
        for difference in differences:
            say(caution(f"Environment changed: {sanitize(difference)}"), err=True)
        return number

    return submit_and_show(submit, as_json=as_json, detach=detach, quiet=quiet)
