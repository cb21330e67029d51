"""A run's progress on standard error: one line that is rewritten, or a line now and then."""

import shutil
import time
from typing import TYPE_CHECKING, TextIO

from engine.environment import clock
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.cli.output.console import commands_terminal, rewrite_line, send
from penguin_tui.presentation.engine_text import trouble
from penguin_tui.presentation.progress import figures_line, phase_text, progress, progress_line
from penguin_tui.presentation.text import fitted
from penguin_tui.terminal.gate import visible

if TYPE_CHECKING:
    from engine.client.process import EngineStatus

LINE_SECONDS = 5.0


class Silent:
    """Shows nothing of a run while it is followed; the others show it in their way."""

    def show(self, record: RunRecord, state: RunState, engine: "EngineStatus") -> None:
        """Show the present state, and of the engine what the run waits for and what is wrong."""

    def clear(self) -> None:
        """Leave the terminal as it was before the line that is rewritten."""


class Rewritten(Silent):
    """One line of a terminal that is written over."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = ""

    def show(self, record: RunRecord, state: RunState, engine: "EngineStatus") -> None:
        """Write over the line."""
        columns = shutil.get_terminal_size().columns
        line = fitted(
            progress_line(record, state, clock.now(), engine), max(10, columns - 1)
        ).rstrip()
        if line != self._shown:
            self._shown = line
            rewrite_line(self._stream, visible(line))

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._shown = ""
            rewrite_line(self._stream)


class Lines(Silent):
    """Plain lines: each new phase, and the epochs every few seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._phase = self._wrong = ""
        self._done = 0
        self._at = 0.0

    def show(self, record: RunRecord, state: RunState, engine: "EngineStatus") -> None:
        """Write a line when there is something new to say."""
        now = clock.now()
        done = progress(record, state, now).done
        if done > self._done and (
            self._done == 0
            or time.monotonic() - self._at > LINE_SECONDS
            or not record.live
            or done == record.epochs_planned
        ):
            self._done, self._at = done, time.monotonic()
            self._write(figures_line(record, state, now, engine))
        # seconds that pass are nothing new
        wrong = engine.unsaved_cause or str(engine.silent_since) if trouble(engine) else ""
        if record.at_work and wrong and wrong != self._wrong:
            self._write(f"Run {record.id}: {trouble(engine)}")
        self._wrong = wrong
        phase = phase_text(record, state, engine) if record.live else record.status
        # of a run that has ended before it was looked at, that it was there
        if (record.live or not self._phase) and phase != self._phase:
            self._phase = phase
            self._write(f"Run {record.id}: {phase}")

    def _write(self, line: str) -> None:
        send(self._stream, f"{visible(line)}\n")


def progress_for(stream: TextIO, quiet: bool) -> Silent:
    """What shows progress on this stream: nothing, lines, or one line that is rewritten."""
    if quiet:
        return Silent()
    return Rewritten(stream) if commands_terminal(stream) else Lines(stream)
