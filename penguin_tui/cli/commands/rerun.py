"""`penguin-tui rerun RUN`: the same settings and seed again."""

from typing import Any

import click

from engine.store.store import Store
from penguin_tui.cli.arguments import RunNumber, find_run
from penguin_tui.cli.cluster_options import cluster_options, cluster_text
from penguin_tui.cli.output.console import say_changes
from penguin_tui.cli.submission import output_options, submit_and_show


@click.command("rerun")
@click.argument("run", type=RunNumber())
@cluster_options
@output_options
def rerun_command(run: int, as_json: bool, detach: bool, quiet: bool, **cluster: Any) -> int:
    """Rerun a run with the same settings and seed.

    Changes of the environment (versions, threads, processor) are reported on
    standard error. It is refused when the data file has changed since.
    """

    def submit(store: Store) -> int:
        from engine.client.submission import rerun

        record = find_run(store, run)
        where = cluster_text(record.kind, **cluster)
        number, differences = rerun(store, record.id, cluster=where)
        say_changes(differences)
        return number

    return submit_and_show(submit, as_json=as_json, detach=detach, quiet=quiet)
