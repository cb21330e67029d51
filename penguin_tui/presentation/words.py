"""Words that several places use: sets of rows, protocols, statuses. One place for each."""

from typing import Literal

from engine.kinds import KINDS
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Role
from penguin_tui.presentation.runs.spec_words import spec_words
from penguin_tui.presentation.text import counted

# a set of rows by its name in results
SetName = Literal["train", "validation", "test"]
SETS: dict[SetName, str] = {"train": "training", "validation": "validation", "test": "test"}
# the same where there is little room
SHORT_SETS: dict[SetName, Literal["train", "val", "test"]] = {
    "train": "train", "validation": "val", "test": "test",
}  # fmt: skip
# the set that one chooses by first, as the confusion matrix opens on it
TELLING: tuple[SetName, ...] = ("validation", "test", "train")
# what a search chose by, and what the held-out test set says of the choice
SELECTION_SCORE, TEST_SCORE = "selection score", "test score"
# what an accuracy is compared with: always guessing the most frequent class, logistic regression
MAJORITY, BASELINE = "majority class", "baseline"
# what Keras logs as an epoch's accuracy and loss on the training set
RUNNING_MEAN = "running mean"
# a figure of rows that have chosen what it is the figure of
OPTIMISTIC = "optimistic"
LEAKAGE = "as published (data leakage): not comparable with strict figures"
ON_PURPOSE = "leak shown on purpose"
LEAK_SHOWN = f"{ON_PURPOSE}: not comparable with other runs"
# what the interval of an accuracy covers: other rows, for the same network
OVER_ROWS, ROWS_95 = "95 % interval over rows", "95 % over rows"
# what "±" is of in a search: the sample standard deviation of a trial's folds
SD_OVER_FOLDS = "sd over folds"
STATUS_ROLES: dict[str, Role] = {
    "running": "accent", "queued": "muted", "paused": "warning", "stopping": "warning",
    "finished": "good", "stopped": "muted", "skipped": "muted", "failed": "bad",
    "diverged": "bad", "lost": "bad", "interrupted": "warning",
}  # fmt: skip


def set_name(name: str) -> str:
    """A set of rows as a person calls it: "training" for "train"."""
    return next((shown for key, shown in SETS.items() if key == name), name)


def short_set(shown: str) -> str:
    """A set as a person calls it where there is little room: "val" for "validation"."""
    return next((SHORT_SETS[key] for key, name in SETS.items() if name == shown), shown)


def published(record: RunRecord) -> bool:
    """Whether the run's figures come from the protocol that leaks."""
    return record.protocol == "as_published"


def leaks_shown(record: RunRecord) -> bool:
    """Whether the run's figures leak on purpose."""
    return record.kind in KINDS and KINDS[record.kind].shows_leaks


def leakage_mark(record: RunRecord) -> str:
    """What marks a run whose figures leak; empty of any other."""
    return LEAKAGE if published(record) else LEAK_SHOWN if leaks_shown(record) else ""


def protocol_text(record: RunRecord) -> str:
    """The protocol, with a mark where its figures leak."""
    return leakage_mark(record) or record.protocol


def selection_set(record: RunRecord) -> str:
    """The set by which epochs, values and trials are chosen: under as_published the test set."""
    return SETS["test" if published(record) else "validation"]


def chosen_epoch(record: RunRecord) -> bool:
    """Whether the validation set has decided which epoch of a training was kept."""
    words = spec_words(record.spec_json)
    return words is not None and words.chooses_epoch


def evaluated(record: RunRecord) -> str:
    """How often the run's held-out test set has been evaluated, by any run.

    Counted by rows; where an earlier version counted and the data are gone, by file.
    """
    times = f"evaluated {counted(max(1, record.test_evaluations), 'time')}"
    return times if record.test_rows_known else f"{times} (counted by file: its data are gone)"


def trial_noun(record: RunRecord) -> str:
    """What a run counts: the trials of a search, the trainings of any other run."""
    kind = KINDS.get(record.kind)
    return "trial" if kind is not None and kind.is_search else "training"
