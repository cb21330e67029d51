"""What a run reports, in sentences: the command line's log and both logs on screen."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch
from statistics import fmean
from typing import Any

from engine.runs.events import (
    FOLD_KEYS,
    BegunAnew,
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
from engine.runs.state import RunState, Trial
from engine.store.records import RunRecord
from penguin_tui.presentation.keras_log import EPOCH_FIGURES, epoch_line
from penguin_tui.presentation.progress import planned_text
from penguin_tui.presentation.results.network import data_text
from penguin_tui.presentation.results.trials import settings_text
from penguin_tui.presentation.text import clipped, clock, counted, percent
from penguin_tui.presentation.words import STATUS_ROLES, set_name, trial_noun


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch of one training; `trial` is None where there is only one."""

    trial: int | None
    fold: int
    number: int
    planned: int | None
    steps: int | None
    figures: dict[str, float]


Entry = Epoch | Event


class LogEntries:
    """Turns what the store gives into entries of a log; a block that grows comes once."""

    def __init__(self) -> None:
        # the number of the last event read
        self.number = 0
        self._reported: dict[int, int] = {}
        self._planned: dict[int, int] = {}
        self._steps: int | None = None
        # a run with a plan has several trainings, and trials to name
        self._planned_trials = False

    def new(self, record: RunRecord, read: tuple[int, list[Event]]) -> list[Entry]:
        """The entries of `store.events(run, self.number)` that are new."""
        self.number, events = read
        entries: list[Entry] = []
        for event in events:
            if isinstance(event, EpochBlock):
                entries += self._epochs(record, event)
                continue
            if isinstance(event, NetworkReady):
                self._steps = event.steps_per_epoch
            if isinstance(event, TrialStarted):
                self._planned[event.trial] = event.epochs
            if isinstance(event, BegunAnew):
                self._reported.clear()
            self._planned_trials |= isinstance(event, Plan)
            if self._logged(event):
                entries.append(event)
        return entries

    def _epochs(self, record: RunRecord, block: EpochBlock) -> Iterator[Epoch]:
        key = block.training_key
        begin = max(block.first, self._reported.get(key, 0) + 1)
        trial, fold = divmod(key, FOLD_KEYS)
        planned = self._planned.get(trial, record.epochs_planned)
        of = trial if self._planned_trials else None
        for number in range(begin, block.end):
            values = (column[number - block.first] for column in block.columns)
            figures = dict(zip(COLUMNS, values, strict=True))
            yield Epoch(of, fold, number, planned, self._steps, figures)
        self._reported[key] = max(self._reported.get(key, 0), block.end - 1)

    def _logged(self, event: Event) -> bool:
        """Whether an event is an entry; a lone trial and the result say nothing new in a log."""
        if isinstance(event, TrialStarted | TrialEnded):
            return self._planned_trials
        return isinstance(
            event, Phase | Note | DataReady | NetworkReady | Plan | Ended | Resumed | BegunAnew
        )


# -- sentences ------------------------------------------------------------------------------------


@singledispatch
def entry_text(entry: Entry) -> str:
    """An entry as a person reads it, in a line."""
    return str(entry)


@entry_text.register
def _(entry: Epoch) -> str:
    of = f"trial {entry.trial}, training {entry.fold + 1} - " if entry.trial is not None else ""
    return of + epoch_line(entry.number, entry.planned, entry.steps, entry.figures)


@entry_text.register
def _(entry: Phase) -> str:
    return entry.name


@entry_text.register
def _(entry: Note) -> str:
    return f"{clock(entry.at)} {note_text(entry)}"


@entry_text.register
def _(entry: DataReady) -> str:
    return data_text(entry)


@entry_text.register
def _(entry: NetworkReady) -> str:
    layers, steps = counted(len(entry.layers), "layer"), counted(entry.steps_per_epoch, "step")
    network = f"network of {layers}, {counted(entry.parameters, 'parameter')}, {steps} per epoch"
    return f"{network}; {EPOCH_FIGURES}"


@entry_text.register
def _(entry: Plan) -> str:
    return planned_text(entry) + f"; {EPOCH_FIGURES}" * bool(entry.epochs)


@entry_text.register
def _(entry: TrialStarted) -> str:
    return f"trial {entry.trial}: {settings_text(entry.settings) or 'started'}"


@entry_text.register
def _(entry: TrialEnded) -> str:
    scores = _scores(entry.scores)
    return f"trial {entry.trial} {entry.status}" + (f": {scores}" if scores else "")


@entry_text.register
def _(entry: Resumed) -> str:
    return f"{clock(entry.at)} resumed"


@entry_text.register
def _(entry: BegunAnew) -> str:
    return f"{clock(entry.at)} ! {entry.reason}"


@entry_text.register
def _(entry: Ended) -> str:
    return entry.status + (f": {entry.message}" if entry.message else "")


def note_text(note: Note) -> str:
    """What a note says, marked where it is a warning."""
    return ("! " if note.level == "warning" else "") + note.text


def _scores(scores: dict[str, tuple[float, ...]]) -> str:
    return ", ".join(
        f"{clipped(set_name(name), 20)} {percent(fmean(values))}"
        for name, values in scores.items()
        if values
    )


def entry_object(entry: Entry) -> dict[str, Any]:
    """An entry as JSON, its kind under `type`."""
    if isinstance(entry, Epoch):
        of = {} if entry.trial is None else {"trial": entry.trial, "fold": entry.fold}
        return {"type": "epoch", **of, "epoch": entry.number, **entry.figures}
    if isinstance(entry, EpochBlock):
        raise TypeError("a block is logged as its epochs")
    return entry.model_dump(mode="json")


# -- on screen, from the state --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened at a moment (seconds since 1970); `number` tells lines of a moment apart."""

    at: float
    number: int
    text: str
    style: str = ""


def moments(record: RunRecord, state: RunState) -> list[Moment]:
    """What a run of many trainings has reported, in the order in which it happened."""
    return sorted(_moments(record, state), key=lambda moment: (moment.at, moment.number))


def _moments(record: RunRecord, state: RunState) -> Iterator[Moment]:
    if state.data is not None:
        yield Moment(record.started or 0.0, -2, entry_text(state.data))
    if state.plan is not None:
        yield Moment(state.plan.at, -1, entry_text(state.plan))
    for number, note in enumerate(state.notes):
        yield Moment(note.at, number, note_text(note), "warning" * (note.level == "warning"))
    noun = trial_noun(record)
    for trial in state.trials.values():
        if trial.ended is not None:
            role = "" if trial.status == "finished" else STATUS_ROLES.get(trial.status, "")
            yield Moment(trial.ended, trial.number, _trial_text(trial, noun), role)
    if state.ended is not None:
        yield Moment(state.ended.at, len(state.trials), entry_text(state.ended), "accent")


def _trial_text(trial: Trial, noun: str) -> str:
    group = f" ({clipped(trial.group, 40)})" if trial.group else ""
    settings, scores = settings_text(trial.settings), _scores(trial.scores)
    facts = ", ".join(filter(None, (settings, scores, counted(trial.epochs, "epoch"))))
    return f"{noun} {trial.number}{group} {trial.status}: {facts}"


Wrapped = tuple[tuple[str, str], ...]


def around_epochs(record: RunRecord, state: RunState, width: int) -> tuple[Wrapped, Wrapped]:
    """`(role, line)` of what stands before and after the epochs of a training, wrapped."""
    trial = state.trials.get(0)
    begun = trial.started if trial is not None else float("inf")
    before: list[tuple[str, str]] = []
    after: list[tuple[str, str]] = []
    for note in state.notes:
        role = "warning" if note.level == "warning" else ""
        (before if note.at <= begun else after).extend(_wrapped(entry_text(note), width, role))
    for event in (state.data, state.network):
        if event is not None:
            before += _wrapped(entry_text(event), width)
    if state.ended is not None:
        after += _wrapped(entry_text(state.ended), width, "end")
    if not (before or state.curve.last_epoch or after):
        nothing = "Waiting for the engine." if record.live else "Nothing was reported."
        before = _wrapped(nothing, width)
    return tuple(before), tuple(after)


def _wrapped(text: str, width: int, role: str = "") -> list[tuple[str, str]]:
    return [(role, line) for line in textwrap.wrap(text, max(20, width))]
