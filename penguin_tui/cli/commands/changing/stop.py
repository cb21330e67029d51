"""`penguin-tui stop RUN`: ends a run and keeps what it has learned."""

import click

from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import say, say_json


@click.command("stop")
@click.argument("run", type=RunNumber())
@click.option("--json", "as_json", is_flag=True, help="Print the run and its status as JSON.")
def stop_command(run: int, as_json: bool) -> int:
    """Stop a run, and wait a moment for it to end.

    A stopped training is evaluated on its training and validation sets; the
    held-out test set is not. Exit code 1 when the run has not ended after five
    seconds.
    """
    from engine.client.process import reconcile
    from engine.client.submission import stop_run, unsaved_end
    from penguin_tui.cli.waiting import wait_for

    with store_of_run(run) as (store, record):
        number = record.id
        stop_run(store, number)
        reconcile(store)
        record = wait_for(
            store, number, lambda now: not now.live or bool(unsaved_end(store, number))
        )
        unsaved = unsaved_end(store, number)
    if as_json:
        found = {"run": number, "status": record.status, "message": record.message}
        say_json(found | ({"unsaved": unsaved} if unsaved else {}))
    elif unsaved:
        say(f"Run {number} has ended; that is not saved yet: {unsaved}.")
    elif record.live:
        say(f"Run {number} has been requested to stop and has not ended yet.")
        say(f"'penguin-tui kill {number}' ends it, and the engine's process with it.")
    elif record.status == "stopped":
        say(f"Run {number} is stopped.")
    else:
        say(f"Run {number} had ended already ({record.status}).")
    return 1 if record.live and not unsaved else 0
