"""Watching a run to its end; Ctrl+C stops it, a hang-up does not."""

import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from engine.client.following import follow
from engine.client.process import engine_status
from engine.client.submission import stop_run
from engine.errors import EngineError
from engine.runs.state import RunState
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.cli.output.console import complain, say
from penguin_tui.cli.output.progress import progress_for
from penguin_tui.cli.output.readers import end_without_readers

INTERRUPTED = 130
STATUS_CODES = {"finished": 0, "stopped": INTERRUPTED, "interrupted": INTERRUPTED}


class Interruption:
    """Ctrl+C while a run is watched: the first requests the run to stop, the second leaves.

    The request is written by a thread with a store of its own: the signal may
    arrive in the middle of any statement of the main thread, which may hold
    the store's lock.
    """

    def __init__(self, home: Path) -> None:
        self.count = 0
        self._home = home
        self._run: int | None = None
        self._before: Any = None
        self._request: threading.Thread | None = None

    def __enter__(self) -> "Interruption":
        self._before = signal.signal(signal.SIGINT, self._caught)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)
        if self._request is not None:
            self._request.join()

    def watch(self, run: int) -> None:
        """Say which run it is about; a Ctrl+C that came before counts."""
        self._run = run
        if self.count:
            self._stop()

    def _caught(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 1:
            raise KeyboardInterrupt
        self._stop()

    def _stop(self) -> None:
        if self._run is not None and self._request is None:
            arguments = (self._home, self._run)
            self._request = threading.Thread(target=_request_stop, args=arguments, name="stop")
            self._request.start()


def _request_stop(home: Path, run: int) -> None:
    try:
        with Store.open(home) as store:
            if store.run(run).live:
                stop_run(store, run)
    except EngineError as error:
        complain(error.message, error.hint)


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
