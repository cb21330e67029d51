"""Watching a run to its end."""

import sys

from engine.client.following import follow
from engine.client.process import engine_status
from engine.errors import EngineError
from engine.runs.state import RunState
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.cli.interruption import INTERRUPTED, Interruption
from penguin_tui.cli.output.console import say
from penguin_tui.cli.output.progress import progress_for
from penguin_tui.cli.output.readers import end_without_readers

STATUS_CODES = {"finished": 0, "stopped": INTERRUPTED, "interrupted": INTERRUPTED}


def follow_to_end(
    store: Store, run: int, interruption: Interruption, quiet: bool
) -> tuple[RunRecord, RunState]:
    """Show the run's progress on standard error until it has ended."""
    progress = progress_for(sys.stderr, quiet)
    announced = False
    seen: tuple[RunRecord, RunState] | None = None
    try:
        for record, state in follow(store, run, end_without_readers):
            seen = record, state
            if interruption.count and record.live and not announced:
                announced = True
                progress.clear()
                if not quiet:
                    say("Stopping. Ctrl+C again leaves at once.", err=True)
            progress.show(record, state, engine_status(store))
    except KeyboardInterrupt:
        progress.clear()
        if not quiet:
            say(f"Left; run {run} ends by itself.", err=True)
        raise
    finally:
        progress.clear()
    if seen is None:
        raise EngineError(f"Run {run} could not be followed.")
    return seen


def exit_code(record: RunRecord, interruption: Interruption | None = None) -> int:
    """0 finished, 130 stopped or interrupted, 1 for anything else."""
    if interruption is not None and interruption.count:
        return INTERRUPTED
    return STATUS_CODES.get(record.status, 1)
