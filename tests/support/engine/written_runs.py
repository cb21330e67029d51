"""Runs whose events a test writes into a store, as an engine does."""

from engine.kinds import make_spec
from engine.runs.events import EpochBlock, Event
from engine.store.store import Store
from engine.store.writer import (
    RunWriter,
    claim,
)

KINDS = ("describe", "baseline", "train")


def epochs(first: int, count: int, accuracy: float = 0.5) -> EpochBlock:
    rows = [(1.0 / n, accuracy, 1.0, accuracy, 0.001, 0.01) for n in range(first, first + count)]
    return EpochBlock.of(0, first, rows)


def started(store: Store) -> RunWriter:
    store.submit(make_spec("train", {}))
    record = claim(store, KINDS, {})
    assert record is not None
    return RunWriter(record)


def write(store: Store, writer: RunWriter, events: list[Event]) -> None:
    with store.writing() as connection:
        writer.write(connection, events)
