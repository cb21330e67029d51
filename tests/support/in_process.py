"""A run that is done in this process, and stored as the engine stores it."""

from typing import Any

from engine.jobs import run_job
from engine.kinds import make_spec
from engine.runs.events import Event
from engine.runs.reporter import (
    Artefact,
    Checkpoint,
    CheckpointDropped,
    DataUsed,
    Reporter,
    TestEvaluated,
)
from engine.store.store import Store
from engine.store.writer import RunWriter, claim, keep_artefact, keep_data_hash


def run_in_process(store: Store, kind: str, fields: dict[str, Any]) -> int:
    """Do a run; its evaluation of the test set is not counted. Returns its number."""
    number = store.submit(make_spec(kind, fields))
    record = claim(store, (kind,), {})
    assert record is not None
    reporter = Reporter()
    reporter.finished(run_job(record.spec, reporter))
    events: list[Event] = []
    with store.writing() as connection:
        for item in reporter.drain():
            if isinstance(item, Artefact):
                keep_artefact(connection, number, item.name, item.body)
            elif isinstance(item, DataUsed):
                keep_data_hash(connection, number, record.spec, item.sha256)
            elif not isinstance(item, TestEvaluated | Checkpoint | CheckpointDropped):
                events.append(item)
        RunWriter(record).write(connection, events)
    return number
