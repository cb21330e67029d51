"""Ctrl+C while a run is watched: it stops the run; a hang-up does not."""

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from engine.errors import EngineError
from engine.store.store import Store
from penguin_tui.cli.output.console import complain

# as the shell reports a program that Ctrl+C has ended
INTERRUPTED = 130


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
    from engine.client.submission import stop_run

    try:
        with Store.open(home) as store:
            if store.run(run).live:
                stop_run(store, run)
    except EngineError as error:
        complain(error.message, error.hint)
