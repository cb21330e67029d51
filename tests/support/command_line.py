"""Runs written into a store by hand, for the tests of the command line."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from engine.client import process, submission
from engine.kinds import make_spec
from engine.results.scores import (
    ClassScore,
    ConfusionMatrix,
    LayerRow,
    Misclassified,
    Scores,
    SetScore,
    TrainResult,
)
from engine.results.statistics import wilson
from engine.runs.events import (
    Ended,
    EpochBlock,
    Event,
    Finished,
    NetworkReady,
    Note,
    Phase,
    TrialEnded,
    TrialStarted,
)
from engine.store.store import Store
from engine.store.writer import RunWriter, claim
from penguin_tui.cli.root import cli
from tests.support.stored.held_out import count_evaluation


def without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is queued stays queued: no engine is started, from wherever it is asked for."""
    for module in (submission, process):
        monkeypatch.setattr(module, "ensure_engine", lambda store: None)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), prog_name="penguin-tui")


def read(*arguments: str) -> Any:
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def put(
    folder: Path,
    events: Sequence[Event],
    kind: str = "train",
    name: str = "",
    **fields: Any,
) -> int:
    """A run with these events, claimed as the engine does."""
    with Store.open(folder) as store:
        run = store.submit(make_spec(kind, fields), name=name)
        record = claim(store, (kind,), {"python": "3.11"})
        assert record is not None
        assert record.id == run
        with store.writing() as connection:
            RunWriter(record).write(connection, events)
    return run


def epochs(count: int, first: int = 1) -> EpochBlock:
    rows = [(1.0 / n, 0.9, 1.5 / n, 0.8, 0.001, 0.026) for n in range(first, first + count)]
    return EpochBlock.of(0, first, rows)


def part(hits: int, rows: int, labels: tuple[str, ...]) -> SetScore:
    classes = tuple(
        ClassScore(label=label, precision=0.9, recall=0.8, f1=0.847, rows=rows // 2)
        for label in labels
    )
    return SetScore(
        rows=rows, accuracy=wilson(hits, rows), macro_f1=0.85, log_loss=0.31, classes=classes
    )


def trained(
    labels: tuple[str, ...] = ("Adelie", "Gentoo"), *, published: bool = False, cell: str = "Dream"
) -> TrainResult:
    return TrainResult(
        scores=Scores(
            train=part(190, 200, labels),
            validation=None if published else part(60, 66, labels),
            test=part(62, 66, labels),
        ),
        confusion=ConfusionMatrix(
            labels=labels,
            train=((95, 5), (5, 95)),
            validation=None if published else ((30, 3), (3, 30)),
            test=((31, 2), (2, 31)),
        ),
        misclassified=(
            Misclassified(
                row=7, split="test", actual=labels[0], predicted=labels[1], probability=0.75,
                values={"island": cell, "mass": -1.5},
            ),
        ),
        test_set_id="part",
        layers=(
            LayerRow(name="hidden_1", output_shape=(100,), parameters=700),
            LayerRow(name="output", output_shape=(2,), parameters=202),
        ),
        parameters=902,
        epochs_run=3,
        epoch_kept=2,
        stop_reason="early stopping at epoch 3",
    )  # fmt: skip


def finished_events(result: TrainResult) -> list[Event]:
    now = time.time()
    return [
        Phase(name="training"),
        NetworkReady(layers=result.layers, parameters=result.parameters, steps_per_epoch=13),
        TrialStarted(at=now, trial=0, settings={}, epochs=20),
        Note(at=now, level="warning", text="Two rows are the same."),
        epochs(3),
        TrialEnded(at=now, trial=0, status="finished", epochs=3),
        Finished(result=result),
        Ended(at=now, status="finished"),
    ]


def put_finished(folder: Path, **fields: Any) -> int:
    published = fields.get("protocol") == "as_published"
    run = put(folder, finished_events(trained(published=published)), **fields)
    with Store.open(folder) as store, store.writing() as connection:
        count_evaluation(connection, run, "part")
    return run
