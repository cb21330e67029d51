"""`penguin-tui resume RUN`: a paused or interrupted run continues."""

import click

from penguin_tui.cli.arguments import RunNumber, find_run, settled_store
from penguin_tui.cli.output.console import caution, say


@click.command("resume")
@click.argument("run", type=RunNumber())
def resume_command(run: int) -> int:
    """Resume a run that is paused or was interrupted (lost, interrupted, stopped, failed).

    A training resumes from its last checkpoint and gives the same figures as one
    that was never interrupted; a sweep or search keeps every finished trial.
    """
    from engine.client import resume_run
    from penguin_tui.cli.waiting import wait_for
    from penguin_tui.presentation.text import sanitize

    with settled_store() as store:
        record = find_run(store, run)
        paused = record.status == "paused"
        for difference in resume_run(store, record.id):
            say(caution(f"Environment changed: {sanitize(difference)}"), err=True)
        if paused:
            record = wait_for(store, record.id, lambda now: now.status != "paused")
        else:
            record = store.run(record.id)
    if record.status == "paused":
        say(f"Run {record.id} is still paused.")
        return 1
    waits = " as soon as the engine is ready" if record.status == "queued" else ""
    say(f"Run {record.id} resumes{waits}.")
    return 0
