"""A run's progress on standard error: one line that is rewritten, or a line now and then."""

import math
import shutil
import time
from statistics import fmean
from typing import Protocol, TextIO

import click

from engine.runs.events import Plan
from engine.runs.state import RunState
from engine.store import RunRecord
from penguin_tui.cli.output.console import commands_terminal, fit
from penguin_tui.presentation.text import count, duration, figure, percent, rate, sanitize

LINE_SECONDS = 5.0
GAP = "  "


class Progress(Protocol):
    """Shows a run as it goes."""

    def show(self, record: RunRecord, state: RunState, detail: str) -> None:
        """Show how the run stands; `detail` says what a queued run waits for."""

    def clear(self) -> None:
        """Leave the terminal as it was before the line that is rewritten."""


def progress_for(stream: TextIO, quiet: bool) -> Progress:
    """The kind of progress that suits the stream."""
    if quiet:
        return Silent()
    return Rewritten(stream) if commands_terminal(stream) else Lines(stream)


class Silent:
    """Shows nothing."""

    def show(self, record: RunRecord, state: RunState, detail: str) -> None:
        """Show nothing."""

    def clear(self) -> None:
        """Nothing was shown."""


class Rewritten:
    """One line of a terminal that is written over."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = ""

    def show(self, record: RunRecord, state: RunState, detail: str) -> None:
        """Write over the line."""
        columns = shutil.get_terminal_size().columns
        line = fit(progress_line(record, state, detail), max(10, columns - 1))
        if line != self._shown:
            self._shown = line
            self._stream.write(f"\r{line}\x1b[K")
            self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._shown = ""
            self._stream.write("\r\x1b[K")
            self._stream.flush()


class Lines:
    """Plain lines: each new phase, and the epochs every few seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._phase = ""
        self._done = 0
        self._at = 0.0

    def show(self, record: RunRecord, state: RunState, detail: str) -> None:
        """Write a line when there is something new to say."""
        done = _under_way(state)
        if done > self._done and (
            self._done == 0
            or time.monotonic() - self._at > LINE_SECONDS
            or not record.live
            or done == record.epochs_planned
        ):
            self._done, self._at = done, time.monotonic()
            self._write(_figures(record, state))
        phase = _phase(record, state, detail)
        if record.live and phase != self._phase:
            self._phase = phase
            self._write(f"Run {record.id}: {phase}")

    def _write(self, line: str) -> None:
        click.echo(line, file=self._stream, color=False)

    def clear(self) -> None:
        """Lines stay."""


def progress_line(record: RunRecord, state: RunState, detail: str = "") -> str:
    """The run's progress on one line: its phase, or how far it is with speed and figures."""
    if _under_way(state) and record.status in ("running", "stopping", "paused"):
        words = "" if record.status == "running" else f"{record.status}{GAP}"
        return f"Run {record.id}{GAP}{words}{_figures(record, state)}"
    return f"Run {record.id}{GAP}{_phase(record, state, detail)}"


def _phase(record: RunRecord, state: RunState, detail: str) -> str:
    if record.status == "queued":
        return f"waiting ({sanitize(detail, 100)})" if detail else "waiting"
    if record.status == "running":
        return sanitize(state.phase, 100) or "starting"
    return record.status


def _under_way(state: RunState) -> int:
    """Epochs trained so far, over all candidates."""
    return state.epochs_done if state.plan is not None else state.curve.last_epoch


def _figures(record: RunRecord, state: RunState) -> str:
    return _epochs(record, state) if state.plan is None else _candidates(state.plan, state)


def _epochs(record: RunRecord, state: RunState) -> str:
    """Epoch k of N, speed, time left, figures of the last epoch."""
    epoch = state.curve.last_epoch
    planned = record.epochs_planned or epoch
    parts = [f"epoch {count(epoch):>{len(count(planned))}} of {count(planned)}"]
    speed = state.epochs_per_second
    if speed:
        parts += [rate(speed, "epochs"), f"{duration((planned - epoch) / speed)} left"]
    figures = state.curve.at(epoch) or {}
    # under as_published it is the test part that is watched
    watched = "test" if record.protocol == "as_published" else "val"
    for name, shown in (("accuracy", percent), ("loss", figure)):
        if name in figures:
            also = figures.get(f"val_{name}", math.nan)
            seen = f", {watched} {shown(also)}" if not math.isnan(also) else ""
            parts.append(f"{name} {shown(figures[name])}{seen}")
    return GAP.join(parts)


def _candidates(plan: Plan, state: RunState) -> str:
    """Candidates done, epochs of all of them, speed, time left, the best score so far."""
    ended = [trial for trial in state.trials.values() if trial.status != "running"]
    done = state.epochs_done
    parts = [
        f"{count(len(ended)):>{len(count(plan.trials))}} of {count(plan.trials)} candidates",
        f"{count(done)} of {count(plan.epochs)} epochs",
    ]
    pace = state.pace(time.time())
    if pace is not None:
        parts += [
            rate(pace, "epochs"),
            f"{duration(max(0, plan.epochs - done) / pace)} left",
        ]
    scores = [
        fmean(trial.scores["validation"]) for trial in ended if trial.scores.get("validation")
    ]
    if scores:
        parts.append(f"best {percent(max(scores))}")
    return GAP.join(parts)
