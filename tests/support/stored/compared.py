"""Trainings on one table of which it is known which validation rows each gets wrong."""

import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from engine.kinds import make_spec
from engine.results.scores import ConfusionMatrix, Misclassified, Scores, TrainResult
from engine.results.split_rows import packed
from engine.runs.events import DataReady, Ended, EpochBlock, Event, Finished
from engine.specs.data import DataSpec
from engine.store.rows import replace, set_columns
from engine.store.store import Store
from engine.store.writer import RunWriter, keep_data_hash
from tests.support.command_line import part, put, trained
from tests.support.stored.runs import NOW

LABELS = ("Adelie", "Gentoo")
# of 300 rows of the file the last 100
VALIDATION = range(201, 301)
SHA = "a" * 64


def curve(epochs: int, rate: float = 6.0) -> EpochBlock:
    """Accuracy that rises and loss that falls, the slower the larger the `rate`."""
    rows = []
    for epoch in range(1, epochs + 1):
        left = math.exp(-epoch / rate)
        rows.append((0.1 + left, 0.97 - 0.6 * left, 0.2 + left, 0.95 - 0.6 * left, 0.001, 0.01))
    return EpochBlock.of(0, 1, rows)


def result(wrong: Collection[int], listed: Collection[int] | None = None) -> TrainResult:
    """A training that gets these of the validation rows wrong, of which `listed` are told."""
    rows, misses = len(VALIDATION), len(wrong)
    usual = trained(LABELS)
    return usual.model_copy(
        update={
            "scores": Scores(
                train=part(190, 200, LABELS), validation=part(rows - misses, rows, LABELS),
                test=part(62, 66, LABELS),
            ),
            "confusion": ConfusionMatrix(
                labels=LABELS, train=usual.confusion.train, test=usual.confusion.test,
                validation=((rows - misses - 10, misses), (0, 10)),
            ),
            "misclassified": tuple(
                Misclassified(row=row, split="validation", actual=LABELS[0], predicted=LABELS[1],
                              probability=0.7, values={})
                for row in (wrong if listed is None else listed)
            ),
        }
    )  # fmt: skip


def put_compared(
    folder: Path,
    wrong: Collection[int],
    *,
    validation: Collection[int] | None = VALIDATION,
    sha: str = SHA,
    block: EpochBlock | None = None,
    name: str = "",
    **fields: Any,
) -> int:
    """Store such a training; without `validation` it has kept no split, as before 0.3.0."""
    events: list[Event] = [
        DataReady(features=("x",), classes=LABELS, split_rows={"train": 200, "validation": 100}),
        block or curve(fields.get("epochs", 20)),
        Finished(result=result(wrong)),
        Ended(at=NOW, status="finished"),
    ]
    run = put(folder, events, name=name, **fields)
    keep_data(folder, run, make_spec("train", fields), sha)
    if validation is not None:
        keep_split(folder, run, validation)
    return run


def keep_data(folder: Path, run: int, spec: DataSpec, sha: str = SHA) -> None:
    """Note what a run has learnt from, as the engine does."""
    with Store.open(folder) as store, store.writing() as connection:
        keep_data_hash(connection, run, spec, sha)


def keep_split(folder: Path, run: int, validation: Collection[int]) -> None:
    """Keep the split of a run, as the engine does."""
    codes = bytes(2 if row in validation else 1 for row in range(1, 301))
    with Store.open(folder) as store, store.writing() as connection:
        replace(connection, "artefacts", run=run, name="split.bin", body=packed(codes))


def put_again(folder: Path, run: int, events: Sequence[Event]) -> None:
    """What a run that was put reports later."""
    with Store.open(folder) as store, store.writing() as connection:
        RunWriter(store.run(run)).write(connection, events)
        set_columns(connection, run, ended=NOW)
