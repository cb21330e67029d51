"""`penguin-tui resume RUN`: a paused or interrupted run continues."""

from typing import Any

import click

from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.cluster_options import cluster_options, cluster_text
from penguin_tui.cli.output.console import say, say_changes


@click.command("resume")
@click.argument("run", type=RunNumber())
@cluster_options
def resume_command(run: int, **cluster: Any) -> int:
    """Resume a run that is paused or was interrupted (lost, interrupted, stopped, failed).

    A training resumes from its last checkpoint and gives the same figures as one
    that was never interrupted; a sweep or search keeps every finished trial. What is
    left goes on where it was; --cluster names another cluster, '--cluster local'
    this machine.
    """
    from engine.client.submission import resume_run
    from penguin_tui.cli.waiting import wait_for

    with store_of_run(run) as (store, record):
        where = cluster_text(record.kind, **cluster)
        say_changes(resume_run(store, record.id, cluster=where))
        record = wait_for(store, record.id, lambda now: now.status != "paused")
    if record.status == "paused":
        say(f"Run {record.id} is still paused.")
        return 1
    say(f"Run {record.id} resumes.")
    return 0
