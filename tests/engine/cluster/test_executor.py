"""Where the data of a run are while workers come and go between its rungs; no cluster."""

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from engine.cluster.executor import MOST_LOST, ClusterExecutor
from engine.cluster.relay import Batch, Done, Part
from engine.cluster.workers import Workers
from engine.runs.events import Note
from engine.runs.reporter import Interrupted, Reporter
from engine.specs.cluster import Cluster

SLOTS = 8


@dataclass(eq=False)
class Future:
    """A batch that has ended at once."""

    batch: Batch
    status: Literal["finished", "cancelled"]

    def add_done_callback(self, call: Callable[["Future"], object]) -> None:
        call(self)


@dataclass(eq=False)
class Held:
    """Data on the workers of a generation, as `scatter` leaves them."""

    generation: int


@dataclass
class Workshop:
    """A connection to workers that are all replaced now and then; `always`: once data are there."""

    generation: int = 0
    scattered: int = 0
    always: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)
    cluster: Cluster = field(default_factory=lambda: Cluster.parse("tcp://127.0.0.1:8786"))

    def workers(self, mine: Mapping[str, Any]) -> Workers:
        threads = {f"worker {self.generation}-{i}": 1 for i in range(SLOTS)}
        return Workers(threads, (), self.refused)

    def scatter(self, name: str, body: bytes, workers: Sequence[str]) -> Held:
        self.scattered += 1
        held = Held(self.generation)
        self.generation += self.always
        return held

    def submit(self, batch: Batch, shared: Held, key: str, workers: Any) -> Future:
        here = shared.generation == self.generation
        return Future(batch, "finished" if here else "cancelled")

    def gather(self, futures: Sequence[Future]) -> list[bytes]:
        return [
            pickle.dumps(Done(Part(own.batch.number, 0, [], 0.0), 0.1, "far", own.batch.threads))
            for own in futures
        ]

    def why_cancelled(self, future: Future) -> str:
        return "lost dependencies"

    def lost(self, times: int) -> Interrupted:
        return Interrupted(f"lost {times} times", "")

    def listen(self, topic: str, take: object) -> None:
        pass

    def forget(self, topic: str, futures: object) -> None:
        pass


def work(*_: Any) -> None:
    """Done nowhere: the futures are finished already."""


def rung(executor: ClusterExecutor, reporter: Reporter) -> None:
    executor.run(work, "data", range(5 * SLOTS), None, reporter, id)


def executor_of(connection: Any) -> ClusterExecutor:
    return ClusterExecutor(connection)


def test_workers_that_are_all_replaced_between_rungs_are_sent_the_data_once() -> None:
    workshop, reporter = Workshop(), Reporter()
    executor = executor_of(workshop)
    for _ in range(2):
        rung(executor, reporter)
    assert workshop.scattered == 1
    # every first batch of the next rung finds nobody who has the data
    workshop.generation += 1
    assert SLOTS > MOST_LOST
    rung(executor, reporter)
    assert workshop.scattered == 2


def test_data_that_are_lost_again_and_again_interrupt_the_run() -> None:
    workshop = Workshop(always=True)
    with pytest.raises(Interrupted, match=f"lost {MOST_LOST + 1} times"):
        rung(executor_of(workshop), Reporter())
    assert workshop.scattered == MOST_LOST + 1


def test_a_worker_that_is_not_used_is_named_once_a_run() -> None:
    executor, reporter = executor_of(Workshop(refused={"tcp://far:1": "too old"})), Reporter()
    for _ in range(3):
        rung(executor, reporter)
    warnings = [item.text for item in reporter.drain() if isinstance(item, Note)]
    assert warnings == ["The worker tcp://far:1 is not used: too old."]
