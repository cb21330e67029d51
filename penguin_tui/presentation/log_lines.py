"""Events as lines of a log; epochs of a block that grows are told once."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from engine.runs.events import (
    FOLD_KEYS,
    DataReady,
    Ended,
    EpochBlock,
    Event,
    NetworkReady,
    Note,
    Phase,
    Plan,
    Resumed,
    TrialEnded,
    TrialStarted,
)
from engine.runs.figures import COLUMNS
from engine.store import RunRecord
from penguin_tui.cli.output.console import caution
from penguin_tui.cli.output.search_summary import shown_settings
from penguin_tui.presentation.keras_log import epoch_line
from penguin_tui.presentation.text import count, counted, percent, sanitize


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch of one training; `trial` is None where there is only one."""

    trial: int | None
    fold: int
    number: int
    planned: int | None
    steps: int | None
    figures: dict[str, float]


Line = Epoch | Event


class LogLines:
    """Turns what the store gives into lines, each told once."""

    def __init__(self) -> None:
        self.number = 0
        self._told: dict[int, int] = {}
        self._planned: dict[int, int] = {}
        self._steps: int | None = None

    def new(self, record: RunRecord, read: tuple[int, list[Event]]) -> list[Line]:
        """The lines of `store.events(run, self.number)` that were not told yet."""
        self.number, events = read
        lines: list[Line] = []
        for event in events:
            if isinstance(event, EpochBlock):
                lines += self._epochs(record, event)
                continue
            if isinstance(event, NetworkReady):
                self._steps = event.steps_per_epoch
            if isinstance(event, TrialStarted):
                self._planned[event.trial] = event.epochs
            if _told(event, record):
                lines.append(event)
        return lines

    def _epochs(self, record: RunRecord, block: EpochBlock) -> Iterator[Epoch]:
        begin = max(block.first, self._told.get(block.training_key, 0) + 1)
        trial, fold = divmod(block.training_key, FOLD_KEYS)
        planned = self._planned.get(trial, record.epochs_planned)
        alone = record.kind == "train"
        for number in range(begin, block.end):
            values = (column[number - block.first] for column in block.columns)
            figures = dict(zip(COLUMNS, values, strict=True))
            of = None if alone else trial
            yield Epoch(of, fold, number, planned, self._steps, figures)
        self._told[block.training_key] = max(self._told.get(block.training_key, 0), block.end - 1)


def _told(event: Event, record: RunRecord) -> bool:
    """Whether an event is a line; a lone trial and the result say nothing new in a log."""
    return isinstance(event, Phase | Note | DataReady | NetworkReady | Plan | Ended | Resumed) or (
        isinstance(event, TrialStarted | TrialEnded) and record.kind != "train"
    )


def as_text(line: Line) -> str:
    """A line for a person."""
    match line:
        case Epoch():
            of = f"candidate {line.trial}, training {line.fold + 1} - "
            before = of if line.trial is not None else ""
            return before + epoch_line(line.number, line.planned, line.steps, line.figures)
        case Phase():
            return sanitize(line.name)
        case Note():
            text = sanitize(line.text)
            clock = time.strftime("%H:%M:%S", time.localtime(line.at))
            return (
                caution(f"{clock} note: {text}") if line.level == "warning" else f"{clock} {text}"
            )
        case DataReady():
            rows = ", ".join(
                f"{sanitize(part, 20)} {count(n)}" for part, n in line.split_rows.items()
            )
            return (
                f"{counted(len(line.features), 'feature')},"
                f" {counted(len(line.classes), 'class', 'classes')}; rows: {rows}"
            )
        case NetworkReady():
            layers = counted(len(line.layers), "layer")
            return f"network of {layers}, {counted(line.parameters, 'parameter')}"
        case Plan():
            return (
                f"planned: {counted(line.trials, 'candidate')},"
                f" {counted(line.trainings, 'training')}, {counted(line.epochs, 'epoch')}"
            )
        case TrialStarted():
            return f"candidate {line.trial}: {shown_settings(line.settings) or 'begins'}"
        case TrialEnded():
            scores = ", ".join(
                f"{sanitize(part, 20)} {percent(fmean(values))}"
                for part, values in line.scores.items()
                if values
            )
            return f"candidate {line.trial} {line.status}" + (f": {scores}" if scores else "")
        case Resumed():
            clock = time.strftime("%H:%M:%S", time.localtime(line.at))
            return f"{clock} goes on where it was"
        case Ended():
            reason = f": {sanitize(line.message)}" if line.message else ""
            return f"{line.status}{reason}"
    return sanitize(str(line))


def as_object(line: Line) -> dict[str, Any]:
    """A line as JSON, its kind under `type`."""
    if isinstance(line, Epoch):
        of = {} if line.trial is None else {"trial": line.trial, "fold": line.fold}
        return {"type": "epoch", **of, "epoch": line.number, **line.figures}
    if isinstance(line, EpochBlock):
        raise TypeError("a block is told as its epochs")
    return line.model_dump(mode="json")
