"""`penguin-tui kill RUN`: ends a run together with the engine's process."""

import click

from penguin_tui.cli.arguments import RunNumber, find_run, settled_store
from penguin_tui.cli.output.console import say


@click.command("kill")
@click.argument("run", type=RunNumber())
def kill_command(run: int) -> int:
    """End a run that does not stop when it is requested to.

    This ends the engine's process. A new one starts at once, and the other runs
    resume by themselves from their last checkpoints.
    """
    from engine.client import kill_run
    from penguin_tui.cli.waiting import wait_for

    with settled_store() as store:
        number = find_run(store, run).id
        kill_run(store, number)
        record = wait_for(store, number, lambda record: not record.live)
    say(f"Run {number} could not be killed." if record.live else f"Run {number} is killed.")
    return 1 if record.live else 0
