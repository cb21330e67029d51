"""`penguin-tui resume RUN`: a paused or interrupted run continues."""

import click

from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import say, say_changes


@click.command("resume")
@click.argument("run", type=RunNumber())
def resume_command(run: int) -> int:
    """Resume a run that is paused or was interrupted (lost, interrupted, stopped, failed).

    A training resumes from its last checkpoint and gives the same figures as one
    that was never interrupted; a sweep or search keeps every finished trial.
    """
    from engine.client.submission import resume_run
    from penguin_tui.cli.waiting import wait_for

    with store_of_run(run) as (store, record):
        say_changes(resume_run(store, record.id))
        record = wait_for(store, record.id, lambda now: now.status != "paused")
    if record.status == "paused":
        say(f"Run {record.id} is still paused.")
        return 1
    waits = " as soon as the engine is ready" if record.status == "queued" else ""
    say(f"Run {record.id} resumes{waits}.")
    return 0
