"""The trainer's comparisons with its peers: both do the same work, in turns."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import benchmarks.trainer.peers as peers
from benchmarks import searches
from engine.data.datasets import preprocess
from engine.data.load import load
from engine.specs.data import DataSpec
from engine.specs.network import NetworkSpec
from engine.specs.presets import TRAIN_PRESETS
from engine.trainer.batching import Rows
from engine.trainer.fleet import Member, train_fleet
from engine.trainer.network import Network, fleet_member

THREADS = 2


@dataclass(frozen=True)
class Line:
    """One comparison. `part` says which share of the peer's work was run, if not all."""

    work: str
    peer: str
    target: str
    ours: float
    theirs: float
    part: str = "all"

    @property
    def ratio(self) -> float:
        """How many times faster the engine is."""
        return self.theirs / self.ours

    @property
    def row(self) -> str:
        """A line of the table."""
        return (
            f"| {self.work} | {self.peer} | {self.target} | {self.ratio:,.1f}× |"
            f" {self.ours:,.3f} | {self.theirs:,.3f} | {self.part} |"
        )


def seconds(work: Callable[[], Any]) -> float:
    """Wall-clock seconds of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def alternating(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int, each: int = 1
                ) -> tuple[float, float]:  # fmt: skip
    """Medians of both, run in turns; `each` calls of ours for one of theirs."""
    mine, other = [], []
    for _ in range(rounds):
        mine += [seconds(ours) for _ in range(each)]
        other.append(seconds(theirs))
    return statistics.median(mine), statistics.median(other)


class Bench:
    """The comparisons, each a method that returns its lines."""

    def __init__(self, full: bool) -> None:

        self.full = full
        spec = DataSpec(protocol="as_published", category_encoding="ordinal")
        prepared = preprocess(load(spec), spec)
        held = prepared.selection_set
        self.data = peers.Data(prepared.train.x[:], prepared.train.y, held.x[:], held.y)
        self.features = int(self.data.x.shape[1])
        self.rows = Rows.of(self.data.x, self.data.y)
        self.held = Rows.of(self.data.xv, self.data.yv)

    # -- ours ---------------------------------------------------------------------------

    def fit(self, spec: Any, data: Any = None, callbacks: Any = ()) -> Any:
        """One network, built and trained, with its weights as arrays."""
        data = data or self.data
        network = Network.build(spec, data.x.shape[1], peers.CLASSES)
        network.train(
            Rows.of(data.x, data.y), Rows.of(data.xv, data.yv),
            epochs=spec.epochs, batch_size=spec.batch_size, callbacks=callbacks,
        )  # fmt: skip
        return network.weights

    def fleet(self, specs: Sequence[Any]) -> None:
        """Many networks on both cores."""
        members = [self.member(spec) for spec in specs]
        train_fleet(members, threads=THREADS)

    def member(self, spec: NetworkSpec) -> Member:
        """A network of a fleet on the post's data."""
        return fleet_member(spec, self.features, peers.CLASSES, self.rows, self.held)

    # -- comparisons ----------------------------------------------------------------------

    def first_training(self) -> list[Line]:
        """The post's two-layer network, built for it; `benchmarks.peers` has it begun anew."""
        spec, data = NetworkSpec(epochs=10, batch_size=16), self.data

        def plain() -> float:
            return peers.keras_training(data, (100, 100), 10, 16)

        self.fit(spec)
        return [
            Line(
                "one 100/100 training, the first of its kind in an engine: the network is built",
                "plain Keras", "–", *alternating(lambda: self.fit(spec), plain, 5, 5),
            )
        ]  # fmt: skip

    def _sweep(self, work: str, target: str, shapes: Sequence[tuple[int, ...]], sample: list[int]
               ) -> list[Line]:  # fmt: skip
        """5 epochs at batch 32 of every shape; of the peers, every shape in `sample`."""
        specs = [NetworkSpec(hidden_layers=s, epochs=5, batch_size=32) for s in shapes]
        chosen = list(range(len(shapes))) if self.full else sample
        self.fleet(specs)
        ours = statistics.median(seconds(lambda: self.fleet(specs)) for _ in range(3))
        lines = []
        for peer, train, wanted in (
            ("plain Keras", peers.keras_training, target),
            ("MLPClassifier", peers.mlp_training, "–"),
        ):
            spent = [seconds(partial(train, self.data, shapes[i], 5, 32)) for i in chosen]
            part = "all" if self.full else f"{len(chosen)} of {len(shapes)} points, scaled"
            theirs = statistics.fmean(spent) * len(shapes)
            lines.append(Line(work, peer, wanted, ours, theirs, part))
        return lines

    def experiment_1(self) -> list[Line]:
        """Depths 1 to 99; the sample is spread evenly, so that its mean is the mean over all."""
        shapes = [(100,) * depth for depth in range(1, 100)]
        return self._sweep(
            "experiment 1: 1 to 99 hidden layers", "80×", shapes, [9, 29, 49, 69, 89]
        )

    def experiments_2_3(self) -> list[Line]:
        """Units, and the shape of two layers."""
        two = [(units, units) for units in range(1, 151)]
        three = [(first, 100 - first) for first in range(1, 100)]
        return [
            *self._sweep("experiment 2: 1 to 150 units", "100×", two, [24, 74, 124]),
            *self._sweep("experiment 3: shapes 1:99 to 99:1", "100×", three, [16, 49, 82]),
        ]

    def dropout_network(self) -> NetworkSpec:
        """The post's network with penalties and dropout."""
        preset = TRAIN_PRESETS["dropout"]
        fields = {k: v for k, v in preset.items() if k in NetworkSpec.model_fields}
        return NetworkSpec.model_validate_json(json.dumps(fields))

    def searches(self) -> list[Line]:
        """The engine's searches, whole jobs from reading the file to the saved network."""
        return [self._search(kind, "50×") for kind in ("grid_search", "random_search")]

    def hyperband(self) -> list[Line]:
        """The engine's Hyperband, a whole job, and Keras Tuner's own."""
        return [self._search("hyperband", "25×")]

    def _search(self, kind: str, target: str) -> Line:
        line = searches.against_peers(searches.Peers(), kind, self.full)
        return Line(f"{line.work}, the job", line.peer, target, line.ours, line.theirs, line.part)

    def sizes(self) -> list[Line]:
        """Never slower: plain Keras on a model already traced, 1 epoch."""
        rng = np.random.default_rng(0)
        lines = []
        for rows, features, hidden, batch in (
            (2_000, 10, (), 32), (2_000, 10, (16,), 1), (20_000, 20, (100, 100), 1024),
            (5_000, 20, (512, 512, 512), 64), (5_000, 20, (1030, 1030), 128),
            (1_000, 20, (4096,), 64), (10_000, 784, (128,), 256), (2_000, 10, (100,) * 30, 64),
            (65_536, 30, (100, 100), 2048), (65_536, 30, (512, 512), 8192),
            (65_536, 30, (100,) * 8, 16_384), (131_072, 30, (16,), 65_536),
            (131_072, 30, (100, 100), 65_536),
        ):  # fmt: skip
            x = rng.normal(size=(rows, features)).astype(np.float32)
            y = (x[:, 0] > 0).astype(np.int64) + (x[:, 1] > 0)
            data = peers.Data(x, y, x[:100], y[:100])
            spec = NetworkSpec(hidden_layers=hidden, epochs=1, batch_size=batch)
            model = peers.keras_model(features, hidden)
            options = {"batch_size": batch, "epochs": 1, "verbose": 0}
            model.fit(x, y, validation_data=(x[:100], y[:100]), **options)
            self.fit(spec, data)
            times = alternating(
                partial(self.fit, spec, data),
                partial(model.fit, x, y, validation_data=(data.xv, data.yv), **options), 3,
            )  # fmt: skip
            shown = (
                f"{len(hidden)} × {hidden[0]}" if len(hidden) > 3 else "/".join(map(str, hidden))
            )
            work = f"{rows:,} × {features}, {shown or 'no hidden layer'}, batch {batch:,}"
            lines.append(Line(work, "plain Keras, traced", "1×", *times))
        return lines
