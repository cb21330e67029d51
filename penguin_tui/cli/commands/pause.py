"""`penguin-tui pause RUN`: a run keeps its place and does nothing."""

import click

from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import say


@click.command("pause")
@click.argument("run", type=RunNumber())
def pause_command(run: int) -> int:
    """Pause a run; 'penguin-tui resume' resumes it."""
    from engine.errors import EngineError
    from penguin_tui.cli.waiting import wait_for

    with store_of_run(run) as (store, record):
        if record.status != "running":
            raise EngineError(
                f"Run {record.id} is {record.status}; only a running run can be paused."
            )
        store.request(record.id, "pause")
        record = wait_for(store, record.id, lambda now: now.status == "paused" or not now.live)
    say(f"Run {record.id} is {record.status}.")
    return 0 if record.status == "paused" else 1
