"""A run that trains at a set pace: real or noisy curves, written as the engine writes them."""

import math
import os
import platform
import random
import threading
import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.environment.machine import boot_id
from engine.kinds import make_spec
from engine.results.scores import LayerRow
from engine.runs.events import DataReady, EpochBlock, NetworkReady, Phase, TrialStarted
from engine.runs.figures import COLUMNS
from engine.store.engine_record import EngineRecord
from engine.store.locks import engine_lock
from engine.store.schema import VERSION
from engine.store.store import Store
from engine.store.writer import RunWriter
from engine.version import __version__

PLANNED = 600
Figures = tuple[float, ...]


@contextmanager
def in_place_of_the_engine(home: Path) -> Iterator[None]:
    """Hold the engine's lock, so that the workbench starts none and takes this process for it."""
    lock = engine_lock(home)
    if not lock.take(0):
        raise RuntimeError(f"an engine is at work in {home}")
    record = EngineRecord(
        pid=os.getpid(), host=platform.node(), boot=boot_id(), started=time.time(),
        version=__version__, schema=VERSION, state="ready", detail="",
    )  # fmt: skip
    try:
        with Store.open(home) as store:
            store.set_engine(record)
        yield
    finally:
        with Store.open(home) as store:
            store.set_engine(None)
        lock.release()


class Replay:
    """Appends epochs to a run, `rate` a second, in batches of 100 ms as the engine does."""

    def __init__(self, home: Path, figures: Sequence[Figures], rate: float) -> None:
        self._home = home
        self._figures = figures
        self._rate = rate
        self._end = threading.Event()
        self.epoch = 0
        # when (`time.perf_counter`) which epoch was the last one
        self.written: list[tuple[float, int]] = []
        spec = make_spec("train", {"epochs": PLANNED})
        with Store.open(home) as store:
            self.run = store.submit(spec)
            self._writer = RunWriter(store.run(self.run))
            layers = (
                LayerRow(name="hidden_1", output_shape=(100,), parameters=1100),
                LayerRow(name="hidden_2", output_shape=(100,), parameters=10_100),
                LayerRow(name="output", output_shape=(3,), parameters=303),
            )
            features = tuple(f"feature {i}" for i in range(10))
            parts = {"train": 206, "validation": 69, "test": 69}
            classes = ("Adelie", "Chinstrap", "Gentoo")
            with store.writing() as connection:
                connection.execute(
                    "UPDATE runs SET status = 'running', started = ? WHERE id = ?",
                    (time.time(), self.run),
                )
                self._writer.write(
                    connection,
                    [
                        Phase(name="training"),
                        DataReady(features=features, classes=classes, split_rows=parts),
                        NetworkReady(layers=layers, parameters=11_503, steps_per_epoch=13),
                        TrialStarted(at=time.time(), trial=0, settings={}, epochs=PLANNED),
                    ],
                )
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> "Replay":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        with Store.open(self._home) as store, store.writing() as connection:
            connection.execute("UPDATE runs SET status = 'stopped', ended = ? WHERE id = ?",
                               (time.time(), self.run))  # fmt: skip

    def _work(self) -> None:
        began = time.monotonic()
        with Store.open(self._home) as store:
            while not self._end.wait(0.1):
                due = int((time.monotonic() - began) * self._rate)
                count = due - self.epoch
                if count < 1:
                    continue
                rows = [self._figures[(self.epoch + i) % len(self._figures)] for i in range(count)]
                columns = tuple(array("d", column) for column in zip(*rows, strict=True))
                with store.writing() as connection:
                    self._writer.write(connection, [EpochBlock(0, self.epoch + 1, columns)])
                self.epoch = due
                self.written.append((time.perf_counter(), due))


def noisy(count: int = 20_000) -> list[Figures]:
    """The worst there is: every figure of every epoch at random."""
    draw = random.Random(0)
    return [
        (
            math.exp(draw.uniform(-4, 1)), draw.random(), math.exp(draw.uniform(-4, 1)),
            draw.random(), draw.uniform(1e-4, 1e-2), 0.05,
        )
        for _ in range(count)
    ]  # fmt: skip


def recorded(home: Path, run: int) -> list[Figures]:
    """The epochs of a stored run."""
    with Store.open(home) as store:
        _, events = store.events(run)
    blocks = [event for event in events if isinstance(event, EpochBlock)]
    rows = [row for block in blocks for row in zip(*block.columns, strict=True)]
    if any(len(row) != len(COLUMNS) for row in rows) or not rows:
        raise RuntimeError(f"run {run} has no epochs")
    return rows
