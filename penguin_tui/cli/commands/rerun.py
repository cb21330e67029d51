"""`penguin-tui rerun RUN`: the same settings and seed again."""

import click

from engine.store.store import Store
from penguin_tui.cli.arguments import RunNumber, find_run
from penguin_tui.cli.output.console import say_changes
from penguin_tui.cli.submission import output_options, submit_and_show


@click.command("rerun")
@click.argument("run", type=RunNumber())
@output_options
def rerun_command(run: int, **output: bool) -> int:
    """Rerun a run with the same settings and seed.

    Changes of the environment (versions, threads, processor) are reported on
    standard error. It is refused when the data file has changed since.
    """

    def submit(store: Store) -> int:
        from engine.client.submission import rerun

        number, differences = rerun(store, find_run(store, run).id)
        say_changes(differences)
        return number

    return submit_and_show(submit, **output)
