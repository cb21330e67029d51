"""`penguin-tui kill RUN`: ends a run together with the engine's process."""

import click

from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import say


@click.command("kill")
@click.argument("run", type=RunNumber())
def kill_command(run: int) -> int:
    """End a run that does not stop when it is requested to.

    This ends the engine's process. A new one starts at once, and the other runs
    resume by themselves from their last checkpoints.
    """
    from engine.client.submission import kill_run
    from engine.store.explain import StoreError
    from engine.store.locks import engine_alive
    from penguin_tui.cli.waiting import wait_for

    with store_of_run(run) as (store, record):
        try:
            kill_run(store, record.id)
        except StoreError as error:
            if engine_alive(store.home):
                raise
            say(f"Run {record.id} is killed; that is not saved yet: {error.cause}.")
            return 0
        record = wait_for(store, record.id, lambda now: not now.live)
    say(f"Run {record.id} could not be killed." if record.live else f"Run {record.id} is killed.")
    return 1 if record.live else 0
