"""`penguin-tui pause RUN`: a run gives up its place until it is resumed."""

import click

from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import say


@click.command("pause")
@click.argument("run", type=RunNumber())
def pause_command(run: int) -> int:
    """Pause a run; its place is free for others until 'penguin-tui resume' queues it again.

    A training resumes after the epoch it was paused in. A sweep, a search or a
    reproduction keeps every finished trial; what it was in the middle of begins
    again.
    """
    from engine.client.submission import pause_run, unsaved_end
    from penguin_tui.cli.waiting import wait_for

    with store_of_run(run) as (store, record):
        pause_run(store, record.id)
        number = record.id
        record = wait_for(
            store,
            number,
            lambda now: now.status == "paused" or not now.live or bool(unsaved_end(store, number)),
        )
        unsaved = unsaved_end(store, number)
    if unsaved:
        say(f"Run {number} is paused; that is not saved yet: {unsaved}.")
        return 0
    say(f"Run {record.id} is {record.status}.")
    return 0 if record.status == "paused" else 1
