"""What a run reports: a closed union of small frozen values.

Events of a run are numbered and only ever appended. Epoch figures are many, so
they travel as blocks of columns (`EpochBlock`); all the others go to JSON. `at` is
the time in seconds since 1970, that of its making where none is given; `steady` the
clock that cannot be set (`clock.steady`), None where an earlier version has not read it.
"""

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, SerializeAsAny, TypeAdapter

from engine.environment import clock
from engine.kinds import read_result
from engine.results.base import RunResult
from engine.results.cluster import WorkerGroup
from engine.results.nested import OuterFold
from engine.results.scores import LayerRow
from engine.runs.figures import COLUMNS
from engine.specs.base import Frozen

EndStatus = Literal["finished", "stopped", "failed", "diverged", "interrupted", "lost"]
TrialStatus = Literal["running", "finished", "stopped", "failed", "diverged", "skipped"]

# A trial may be trained several times (folds); each training has its own epochs.
FOLD_KEYS = 128


def training_key(trial: int, fold: int = 0) -> int:
    """The number under which the epochs of a trial's `fold` are kept, in blocks and stores."""
    return trial * FOLD_KEYS + fold


BLOCK_EPOCHS = 1000
# how the warning of a run begins whose figures leak on purpose
ON_PURPOSE = "Leak shown on purpose:"


def _now() -> float:
    return clock.now()


class Phase(Frozen):
    """What the run is busy with, in words a person understands."""

    type: Literal["phase"] = "phase"
    name: str


class Note(Frozen):
    """A line of the run's log; a warning is shown where the person looks."""

    type: Literal["note"] = "note"
    at: float = Field(default_factory=_now)
    level: Literal["info", "warning"]
    text: str


class DataReady(Frozen):
    """The preprocessed data: names of features and classes, rows of each set.

    `majority_accuracy` is that of always guessing the most frequent class of the validation set,
    of the training set where there is no other; versions before 0.3.0 did not say.
    """

    type: Literal["data_ready"] = "data_ready"
    features: tuple[str, ...]
    classes: tuple[str, ...]
    split_rows: dict[str, int]
    majority_accuracy: float | None = None


class NetworkReady(Frozen):
    """The network as built."""

    type: Literal["network_ready"] = "network_ready"
    layers: tuple[LayerRow, ...]
    parameters: int
    steps_per_epoch: int


class Plan(Frozen):
    """How much a run with several trials has to do: known before it begins."""

    type: Literal["plan"] = "plan"
    at: float = Field(default_factory=_now)
    trials: int
    trainings: int
    epochs: int


class TrialStarted(Frozen):
    """A trial begins: its settings, the epochs planned, and its group (a bracket, a subrun).

    `parent` is the trial this one continues, where it was promoted.
    """

    type: Literal["trial_started"] = "trial_started"
    at: float = Field(default_factory=_now)
    trial: int
    settings: dict[str, Any]
    epochs: int
    group: str = ""
    parent: int | None = None
    steady: float | None = None


class TrialEnded(Frozen):
    """A trial has ended.

    `effective_settings` is read from the trained network. `scores` holds accuracies of the network
    that was kept by set (`train`, `validation`), one for each fold or repeat; `train_by_epochs`
    what trainings of fewer epochs would have kept, in a sweep over them.
    """

    type: Literal["trial_ended"] = "trial_ended"
    at: float = Field(default_factory=_now)
    trial: int
    status: TrialStatus
    effective_settings: dict[str, Any] = Field(default_factory=dict)
    scores: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    train_by_epochs: dict[int, float] = Field(default_factory=dict)
    epochs: int = 0
    steady: float | None = None


class OuterFoldEnded(Frozen):
    """A search has been repeated on an outer fold; its own trials are not reported."""

    type: Literal["outer_fold_ended"] = "outer_fold_ended"
    at: float = Field(default_factory=_now)
    fold: OuterFold


class ClusterUsed(Frozen):
    """Trials are trained on a cluster; once more where its workers have changed."""

    type: Literal["cluster_used"] = "cluster_used"
    at: float = Field(default_factory=_now)
    address: str
    workers: tuple[WorkerGroup, ...]


class Finished(Frozen):
    """What the run came to; reported before its end."""

    type: Literal["finished"] = "finished"
    result: SerializeAsAny[Annotated[RunResult, BeforeValidator(read_result)]]


class Ended(Frozen):
    """The last event of a run: how it ended, and for a failure what to do next."""

    type: Literal["ended"] = "ended"
    at: float = Field(default_factory=_now)
    status: EndStatus
    message: str = ""
    hint: str = ""


class Resumed(Frozen):
    """A run is resumed; what it had ended with no longer holds.

    `seconds_before` is how long it had been running before.
    """

    type: Literal["resumed"] = "resumed"
    at: float = Field(default_factory=_now)
    seconds_before: float = 0.0


class BegunAnew(Frozen):
    """A run begins once more from its start: nothing that stands before this holds any longer."""

    type: Literal["begun_anew"] = "begun_anew"
    at: float = Field(default_factory=_now)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EpochBlock:
    """Figures of consecutive epochs of one training, a column for each of `COLUMNS`.

    `training_key` says whose epochs they are (the function of that name); of a `train` run it
    is 0.
    `first` is the first epoch's number, from 1. NaN stands for a figure that
    does not exist. The arrays are never changed once they are in a block.
    """

    training_key: int
    first: int
    columns: "tuple[array[float], ...]"

    def __len__(self) -> int:
        return len(self.columns[0])

    @property
    def end(self) -> int:
        """The number of the epoch after the last one here."""
        return self.first + len(self)

    def to_bytes(self) -> bytes:
        """The columns in the order of `COLUMNS`, whose names the store keeps beside them."""
        return b"".join(column.tobytes() for column in self.columns)

    @classmethod
    def from_bytes(
        cls, key: int, first: int, data: bytes, names: Sequence[str] = COLUMNS
    ) -> "EpochBlock":
        """Read what `to_bytes` wrote of columns with these names.

        A figure that they lack is NaN, one that this version does not know is
        left out. Raises ValueError on a length that does not fit the names.
        """
        size, rest = divmod(len(data), len(names) * 8)
        if rest:
            raise ValueError(f"{len(data)} bytes are no whole number of epochs")
        found = {name: data[i * size * 8 : (i + 1) * size * 8] for i, name in enumerate(names)}
        missing = array("d", [math.nan] * size).tobytes()
        columns = tuple(array("d", found.get(name, missing)) for name in COLUMNS)
        return cls(key, first, columns)

    @classmethod
    def of(cls, key: int, first: int, rows: list[tuple[float, ...]]) -> "EpochBlock":
        """Make a block of rows, each with a figure for each of `COLUMNS`."""
        return cls(key, first, tuple(array("d", column) for column in zip(*rows, strict=True)))

    def extended(self, later: "EpochBlock") -> "EpochBlock":
        """The block followed by `later`, whose epochs win where the two overlap."""
        keep = later.first - self.first
        columns = zip(self.columns, later.columns, strict=True)
        return EpochBlock(self.training_key, self.first, tuple(a[:keep] + b for a, b in columns))

    def chunks(self) -> "Iterator[EpochBlock]":
        """The block in pieces of up to `BLOCK_EPOCHS`; none of an empty one."""
        for start in range(0, len(self), BLOCK_EPOCHS):
            columns = tuple(column[start : start + BLOCK_EPOCHS] for column in self.columns)
            yield EpochBlock(self.training_key, self.first + start, columns)


JsonEvent = Annotated[
    Phase
    | Note
    | DataReady
    | NetworkReady
    | Plan
    | TrialStarted
    | TrialEnded
    | OuterFoldEnded
    | ClusterUsed
    | Finished
    | Ended
    | Resumed
    | BegunAnew,
    Discriminator("type"),
]
Event = JsonEvent | EpochBlock

_adapter: TypeAdapter[Any] = TypeAdapter(JsonEvent, config=ConfigDict(defer_build=True))


def event_to_json(event: Event) -> str:
    """JSON of any event but an `EpochBlock`."""
    return _adapter.dump_json(event).decode()


def event_from_json(text: str | bytes) -> Event:
    """Read what `event_to_json` wrote; raises pydantic's ValidationError on anything else."""
    event: Event = _adapter.validate_json(text)
    return event
