"""A run as it is known so far, folded from its events.

`fold` is pure and takes events in any batches: live view, replay, the command
line and tests all build the same `RunState`. It takes any interrupted stream, and
a block of epochs that comes again (the store rewrites the last one as it
grows) replaces what it overlaps.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from engine.results.base import RunResult
from engine.results.nested import OuterFold
from engine.runs.events import (
    BLOCK_EPOCHS,
    FOLD_KEYS,
    BegunAnew,
    ClusterUsed,
    DataReady,
    Ended,
    EpochBlock,
    Event,
    Finished,
    NetworkReady,
    Note,
    OuterFoldEnded,
    Phase,
    Plan,
    Resumed,
    TrialEnded,
    TrialStarted,
    TrialStatus,
    training_key,
)
from engine.runs.figures import COLUMNS

# trials of a run with several that begin again when it is resumed
HALF_DONE: tuple[TrialStatus, ...] = ("running", "stopped")
KEPT_NOTES = 1000


@dataclass(frozen=True)
class Curve:
    """The epochs of one trial, in chunks of up to 1,000 epochs."""

    chunks: tuple[EpochBlock, ...] = ()

    def __len__(self) -> int:
        return self.chunks[-1].end - self.chunks[0].first if self.chunks else 0

    @property
    def last_epoch(self) -> int:
        """The number of the last epoch known, from 1; 0 when there is none."""
        return self.chunks[-1].end - 1 if self.chunks else 0

    def add(self, block: EpochBlock) -> "Curve":
        """The curve with `block` after it, or over it where the two overlap."""
        kept = [chunk for chunk in self.chunks if chunk.first < block.first]
        if kept and kept[-1].first + BLOCK_EPOCHS > block.first and kept[-1].end >= block.first:
            block = kept.pop().extended(block)
        return Curve((*kept, *block.chunks()))

    def column(self, name: str, last: int | None = None) -> "array[float]":
        """One figure of every epoch, or of the `last` ones."""
        index = COLUMNS.index(name)
        found: array[float] = array("d")
        chunks = self.chunks
        if last is not None:
            count, needed = len(chunks), 0
            while count and needed < last:
                count -= 1
                needed += len(chunks[count])
            chunks = chunks[count:]
        for chunk in chunks:
            found.extend(chunk.columns[index])
        return found[-last:] if last is not None and last > 0 else found

    def at(self, epoch: int) -> dict[str, float] | None:
        """The figures of one epoch by name, or None where it is not known."""
        for chunk in self.chunks:
            if chunk.first <= epoch < chunk.end:
                return {
                    name: column[epoch - chunk.first]
                    for name, column in zip(COLUMNS, chunk.columns, strict=True)
                }
        return None


@dataclass(frozen=True)
class Trial:
    """One trial: requested and effective settings, and how it went."""

    number: int
    settings: dict[str, Any]
    epochs_planned: int
    group: str
    parent: int | None
    started: float
    status: TrialStatus = "running"
    ended: float | None = None
    effective_settings: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, tuple[float, ...]] = field(default_factory=dict)
    train_by_epochs: dict[int, float] = field(default_factory=dict)
    epochs: int = 0
    # readings of the clock that cannot be set, where it was read
    steady: tuple[float | None, float | None] = (None, None)

    @property
    def seconds(self) -> float | None:
        """How long it took; None before its end."""
        begun, ended = self.steady
        if begun is None or ended is None:
            begun, ended = self.started, self.ended
        return None if ended is None else max(0.0, ended - begun)

    @classmethod
    def of(cls, event: TrialStarted) -> Self:
        """The trial that has just started."""
        return cls(
            event.trial,
            event.settings,
            event.epochs,
            event.group,
            event.parent,
            event.at,
            steady=(event.steady, None),
        )

    def after(self, event: TrialEnded) -> Self:
        """The trial when it has ended."""
        return replace(
            self,
            status=event.status,
            ended=event.at,
            effective_settings=event.effective_settings,
            scores=event.scores,
            train_by_epochs=event.train_by_epochs,
            epochs=event.epochs,
            steady=(self.steady[0], event.steady),
        )


@dataclass(frozen=True)
class RunState:
    """Everything a person can be shown of a run, without its row in the store."""

    phase: str = ""
    data: DataReady | None = None
    network: NetworkReady | None = None
    notes: tuple[Note, ...] = ()
    curves: dict[int, Curve] = field(default_factory=dict)
    trials: dict[int, Trial] = field(default_factory=dict)
    # of a search that is repeated on outer folds; their epochs count as those of further trials
    outer_folds: tuple[OuterFold, ...] = ()
    # the clusters that have worked for it, the newest last
    clusters: tuple[ClusterUsed, ...] = ()
    plan: Plan | None = None
    # epochs that a resumed run had done when it made its plan
    epochs_before: int = 0
    result: RunResult | None = None
    ended: Ended | None = None

    @property
    def curve(self) -> Curve:
        """The epochs of the first trial: of a `train` run, its only one."""
        return self.curve_of(0)

    def curve_of(self, trial: int, fold: int = 0) -> Curve:
        """The epochs of one training of a trial."""
        return self.curves.get(training_key(trial, fold), Curve())

    @cached_property
    def epochs_done(self) -> int:
        """Epochs trained so far, over all trials."""
        return sum(len(curve) for curve in self.curves.values())

    def pace(self, now: float, worked: float | None = None) -> float | None:
        """Epochs a second of a run with several trainings; None while they are not known.

        What a resumed run had done before does not count. The clock may have been set since then,
        or the machine may have slept: no more has passed than the run has `worked`.
        """
        done = self.epochs_done - self.epochs_before
        if self.plan is None or done <= 0:
            return None
        passed = self.passed(now, worked)
        return done / passed if passed > 0.0 else None

    def passed(self, now: float, worked: float | None = None) -> float:
        """Seconds since the plan was made."""
        seconds = now - self.plan.at if self.plan is not None else 0.0
        return seconds if worked is None or 0.0 < seconds <= worked else worked

    @cached_property
    def epochs_per_second(self) -> float | None:
        """Speed of a single training over the later half of its epochs; None before the first."""
        count = max(1, len(self.curve) // 2)
        seconds = sum(self.curve.column("seconds", count))
        return count / seconds if seconds > 0 else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the person should know about this run."""
        return tuple(note.text for note in self.notes if note.level == "warning")


def _without_half_done(
    trials: dict[int, Trial], curves: dict[int, Curve], outer_folds: set[int]
) -> tuple[dict[int, Trial], dict[int, Curve]]:
    """What a resumed run with several trials keeps; trials that had not ended begin again.

    So do outer folds; `outer_folds` are those that had, by the trial their epochs count as.
    """
    whole = {n: trial for n, trial in trials.items() if trial.status not in HALF_DONE}
    done = outer_folds | whole.keys()
    return whole, {key: curve for key, curve in curves.items() if key // FOLD_KEYS in done}


def fold(state: RunState, events: Iterable[Event]) -> RunState:
    """The state after `events`; what `state` holds is never changed."""
    curves, trials = dict(state.curves), dict(state.trials)
    notes: list[Note] = []
    changed: dict[str, Any] = {}
    for event in events:
        match event:
            case EpochBlock():
                curves[event.training_key] = curves.get(event.training_key, Curve()).add(event)
            case Phase():
                changed["phase"] = event.name
            case Note():
                notes.append(event)
            case DataReady():
                changed["data"] = event
            case NetworkReady():
                changed["network"] = event
            case Plan():
                done = sum(len(curve) for curve in curves.values())
                changed |= {"plan": event, "epochs_before": done}
            case TrialStarted():
                later = bool(trials) and event.trial < next(reversed(trials))
                trials[event.trial] = Trial.of(event)
                if later:
                    trials = dict(sorted(trials.items()))
            case TrialEnded():
                if event.trial in trials:
                    trials[event.trial] = trials[event.trial].after(event)
            case OuterFoldEnded():
                done = changed.get("outer_folds", state.outer_folds)
                changed["outer_folds"] = (*done, event.fold)
            case ClusterUsed():
                others = changed.get("clusters", state.clusters)
                others = tuple(own for own in others if own.address != event.address)
                changed["clusters"] = (*others, event)
            case Finished():
                changed["result"] = event.result
            case Ended():
                changed["ended"] = event
            case BegunAnew():
                state, curves, trials, changed = RunState(), {}, {}, {}
                notes = [Note(at=event.at, level="warning", text=event.reason)]
            case Resumed():
                changed |= {"ended": None, "result": None, "phase": ""}
                plan = changed.get("plan", state.plan)
                if plan is not None:
                    done = changed.get("outer_folds", state.outer_folds)
                    outer = {plan.trials + one.number for one in done}
                    trials, curves = _without_half_done(trials, curves, outer)
    if notes:
        changed["notes"] = (state.notes + tuple(notes))[-KEPT_NOTES:]
    return replace(state, curves=curves, trials=trials, **changed)
