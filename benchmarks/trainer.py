"""The trainer beside plain Keras, scikeras, Keras Tuner and MLPClassifier: ratios, in one run.

python -m benchmarks.trainer --sample     a declared part of the slow peers, scaled
python -m benchmarks.trainer --full       all of it, half an hour and more
python -m benchmarks.trainer --sample --write docs/performance.md
"""

import argparse
import gc
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.network import runtime

THREADS = 2
COLD = """
import time
from engine.network import runtime
runtime.set_up({threads})
import numpy as np, keras
from engine.network.build import build
from engine.specs import NetworkSpec
x = np.random.default_rng(0).normal(size=(275, 6)).astype("float32")
y = (x[:, 0] > 0).astype(int)
class First(keras.callbacks.Callback):
    at = 0.0
    def on_epoch_end(self, epoch, logs=None):
        self.at = self.at or time.perf_counter()
first, begun = First(), time.perf_counter()
build(NetworkSpec(), 6, 3).fit(x, y, validation_data=(x, y), epochs=2, batch_size=16, verbose=0,
                               callbacks=[first])
print(first.at - begun)
"""


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
        import benchmarks.trainer_peers as peers
        from engine.data.load import load
        from engine.data.prepare import prepare
        from engine.network.rows import Rows
        from engine.specs import DataSpec

        self.full, self.peers = full, peers
        spec = DataSpec(protocol="as_published", category_encoding="ordinal")
        prepared = prepare(load(spec), spec)
        held = prepared.steering
        self.data = peers.Data(prepared.train.x, prepared.train.y, held.x, held.y)
        self.features = int(self.data.x.shape[1])
        self.rows = Rows.of(self.data.x, self.data.y)
        self.held = Rows.of(self.data.xv, self.data.yv)

    # -- ours ---------------------------------------------------------------------------

    def fit(self, spec: Any, data: Any = None, callbacks: Any = None) -> Any:
        """One network, built, trained and with its weights back in Keras's variables."""
        from engine.network.build import build

        data = data or self.data
        model = build(spec, data.x.shape[1], self.peers.CLASSES)
        model.fit(data.x, data.y, validation_data=(data.xv, data.yv), epochs=spec.epochs,
                  batch_size=spec.batch_size, verbose=0, callbacks=callbacks)  # fmt: skip
        assert not model.handed_over, model.handed_over
        return model

    def fleet(self, specs: Sequence[Any]) -> None:
        """Many networks on both cores."""
        from engine.network.fleet import Member, train_fleet

        members = [
            Member(s, self.features, self.peers.CLASSES, self.rows, self.held) for s in specs
        ]
        train_fleet(members, threads=THREADS)

    # -- comparisons ----------------------------------------------------------------------

    def one_training(self) -> list[Line]:
        from engine.specs import NetworkSpec

        spec = NetworkSpec(epochs=10, batch_size=16)
        peers, data = self.peers, self.data
        self.fit(spec)
        keras = alternating(
            lambda: self.fit(spec), lambda: peers.keras_training(data, (100, 100), 10, 16), 5, 5
        )
        mlp = alternating(
            lambda: self.fit(spec), lambda: peers.mlp_training(data, (100, 100), 10, 16), 9, 2
        )
        work = "one 100/100 training, 10 epochs, batch 16, validation each epoch"
        return [Line(work, "plain Keras", "60×", *keras), Line(work, "MLPClassifier", "2×", *mlp)]

    def _sweep(self, work: str, target: str, shapes: list[tuple[int, ...]], sample: list[int]
               ) -> list[Line]:  # fmt: skip
        """5 epochs at batch 32 of every shape; of the peers, every shape in `sample`."""
        from engine.specs import NetworkSpec

        specs = [NetworkSpec(hidden_layers=s, epochs=5, batch_size=32) for s in shapes]
        chosen = list(range(len(shapes))) if self.full else sample
        self.fleet(specs)
        ours = statistics.median(seconds(lambda: self.fleet(specs)) for _ in range(3))
        lines = []
        for peer, train, wanted in (
            ("plain Keras", self.peers.keras_training, target),
            ("MLPClassifier", self.peers.mlp_training, "–"),
        ):
            spent = [seconds(lambda i=i: train(self.data, shapes[i], 5, 32)) for i in chosen]
            part = "all" if self.full else f"{len(chosen)} of {len(shapes)} points, scaled"
            theirs = statistics.fmean(spent) * len(shapes)
            lines.append(Line(work, peer, wanted, ours, theirs, part))
        return lines

    def experiment_1(self) -> list[Line]:
        shapes = [(100,) * depth for depth in range(1, 100)]
        # evenly spread, so that their mean is the mean over all depths
        return self._sweep(
            "experiment 1: 1 to 99 hidden layers", "80×", shapes, [9, 29, 49, 69, 89]
        )

    def experiments_2_3(self) -> list[Line]:
        two = [(units, units) for units in range(1, 151)]
        three = [(first, 100 - first) for first in range(1, 100)]
        return [
            *self._sweep("experiment 2: 1 to 150 units", "100×", two, [24, 74, 124]),
            *self._sweep("experiment 3: shapes 1:99 to 99:1", "100×", three, [16, 49, 82]),
        ]

    def _maker(self) -> Any:
        from engine.network.build import build
        from engine.presets import TRAIN_PRESETS
        from engine.specs import NetworkSpec

        fields = {
            k: v for k, v in TRAIN_PRESETS["dropout"].items() if k in NetworkSpec.model_fields
        }
        base = NetworkSpec.model_validate_json(json.dumps(fields))

        def make(meta: dict[str, Any], learning_rate: float = 0.001) -> Any:
            spec = base.model_copy(update={"learning_rate": learning_rate})
            return build(spec, meta["n_features_in_"], meta["n_classes_"])

        return make, base

    def searches(self) -> list[Line]:
        peers, data = self.peers, self.data
        make, _ = self._maker()
        lines = []
        peers.grid_search(make, data)
        small = {"learning_rate": [0.001], "batch_size": [10, 16], "epochs": [12]}
        part = "all" if self.full else "2 of 8 candidates and the refit, scaled"
        mine, other = alternating(
            lambda: peers.grid_search(make, data),
            lambda: peers.grid_search(peers.plain_maker, data, None if self.full else small), 1, 3,
        )  # fmt: skip
        scale = 1.0 if self.full else 25 / 7
        work = "grid search, 8 candidates × 3 folds and refit"
        lines.append(Line(work, "scikeras", "50×", mine, other * scale, part))
        peers.random_search(make, data)
        count = 10 if self.full else 3
        part = "all" if self.full else "3 of 10 candidates and the refit, scaled"
        mine, other = alternating(
            lambda: peers.random_search(make, data),
            lambda: peers.random_search(peers.plain_maker, data, count), 1, 3,
        )  # fmt: skip
        work = "random search, 10 candidates × 3 folds and refit"
        lines.append(Line(work, "scikeras", "50×", mine, other * 31 / (3 * count + 1), part))
        return lines

    def hyperband(self) -> list[Line]:
        import keras_tuner

        from engine.network.build import build
        from engine.network.hyperband import Hyperband
        from engine.specs import NetworkSpec

        _, base = self._maker()
        fields = {"learning_rate": 0.2, "schedule": "cosine_restarts"}
        base = NetworkSpec.model_validate_json(json.dumps(base.model_dump(mode="json") | fields))

        def make(hp: Any) -> Any:
            units, rate = hp.Int("units", 16, 256, 16), hp.Choice("dropout", [0.2, 0.4, 0.6])
            spec = base.model_copy(update={"hidden_layers": (units, units), "dropout": rate})
            return build(spec, self.features, self.peers.CLASSES)

        peers, data = self.peers, self.data
        peers.hyperband(Hyperband, make, data)
        runs = sorted(peers.hyperband(Hyperband, make, data) for _ in range(3))
        mine, epochs = runs[1]
        plain = peers.plain_hyper(self.features)
        trials = None if self.full else 8
        spent, _ = peers.hyperband(keras_tuner.Hyperband, plain, data, trials)
        part = "all" if self.full else "the first 8 of 30 trials (the shortest), scaled"
        scale = 1.0 if self.full else 30 / 8
        work = f"Hyperband, 30 trials, {epochs} epochs"
        return [Line(work, "Keras Tuner", "25×", mine, spent * scale, part)]

    def table(self) -> list[Line]:
        import numpy as np

        from engine.specs import NetworkSpec

        rng = np.random.default_rng(0)
        x = rng.normal(size=(25_000, 50)).astype(np.float32)
        y = (x[:, 0] + x[:, 1] > 0).astype(np.int64) + (x[:, 2] > 0)
        data = self.peers.Data(x[:20_000], y[:20_000], x[20_000:], y[20_000:])
        spec = NetworkSpec(hidden_layers=(256, 128), epochs=10, batch_size=128)
        self.fit(spec, data)
        times = alternating(
            lambda: self.fit(spec, data),
            lambda: self.peers.keras_training(data, (256, 128), 10, 128), 3,
        )  # fmt: skip
        work = "20,000 × 50, 256/128, 10 epochs, batch 128"
        return [Line(work, "plain Keras", "1.5×", *times)]

    def sizes(self) -> list[Line]:
        """Never slower: plain Keras on a model already traced, 1 epoch."""
        import numpy as np

        from engine.specs import NetworkSpec

        rng = np.random.default_rng(0)
        lines = []
        for rows, features, hidden, batch in (
            (2_000, 10, (), 32), (2_000, 10, (16,), 1), (20_000, 20, (100, 100), 1024),
            (5_000, 20, (512, 512, 512), 64), (5_000, 20, (1030, 1030), 128),
            (1_000, 20, (4096,), 64), (10_000, 784, (128,), 256), (2_000, 10, (100,) * 30, 64),
            (131_072, 30, (100, 100), 65_536),
        ):  # fmt: skip
            x = rng.normal(size=(rows, features)).astype(np.float32)
            y = (x[:, 0] > 0).astype(np.int64) + (x[:, 1] > 0)
            data = self.peers.Data(x, y, x[:100], y[:100])
            spec = NetworkSpec(hidden_layers=hidden, epochs=1, batch_size=batch)
            model = self.peers.keras_model(features, hidden)
            options = {"batch_size": batch, "epochs": 1, "verbose": 0}
            model.fit(x, y, validation_data=(x[:100], y[:100]), **options)
            self.fit(spec, data)
            times = alternating(
                lambda s=spec, d=data: self.fit(s, d),
                lambda m=model, d=data, o=options: m.fit(
                    d.x, d.y, validation_data=(d.xv, d.yv), **o
                ), 3,
            )  # fmt: skip
            shown = (
                f"{len(hidden)} × {hidden[0]}" if len(hidden) > 3 else "/".join(map(str, hidden))
            )
            work = f"{rows:,} × {features}, {shown or 'no hidden layer'}, batch {batch:,}"
            lines.append(Line(work, "plain Keras, traced", "1×", *times))
        return lines

    # -- other figures -----------------------------------------------------------------------

    def speed(self) -> list[str]:
        """The machine's matrix products, and the share of them that trainings reach."""
        import numpy as np
        import tensorflow as tf

        from engine.specs import NetworkSpec
        from engine.specs.network import count_parameters

        a = tf.constant(np.random.default_rng(0).normal(size=(1536, 1536)).astype(np.float32))
        product = tf.function(lambda: tf.matmul(a, a))
        product()
        best = min(seconds(lambda: product().numpy()) for _ in range(10))
        peak = 2 * 1536**3 / best / 1e9
        found = [
            f"Matrix products of 1536 × 1536 reach {peak:,.0f} GFLOP/s on this machine (both cores).",
            "", "| network, rows, batch | GFLOP/s | share |", "|---|---|---|",
        ]  # fmt: skip
        rng = np.random.default_rng(0)
        for rows, features, hidden, batch in (
            (275, 6, (100, 100), 16), (20_000, 50, (256, 128), 128), (5_000, 20, (512,) * 3, 256),
            (4_000, 20, (2048, 2048), 256),
        ):  # fmt: skip
            x = rng.normal(size=(rows, features)).astype(np.float32)
            data = self.peers.Data(x, (x[:, 0] > 0).astype(np.int64), x[:50], np.zeros(50, int))
            spec = NetworkSpec(hidden_layers=hidden, epochs=3, batch_size=batch)
            self.fit(spec, data)
            spent = min(seconds(lambda s=spec, d=data: self.fit(s, d)) for _ in range(2))
            work = 6 * count_parameters(hidden, features, 3) * rows * 3
            name = "/".join(map(str, hidden))
            found.append(
                f"| {name}, {rows:,} × {features}, {batch} | {work / spent / 1e9:,.1f} |"
                f" {work / spent / 1e9 / peak:.0%} |"
            )
        return found

    def first_epoch(self) -> list[str]:
        """From the call to the first epoch's callback."""
        import keras

        from engine.specs import NetworkSpec

        class First(keras.callbacks.Callback):  # type: ignore[misc]
            at = 0.0

            def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
                self.at = self.at or time.perf_counter()

        def until_first(spec: Any) -> float:
            first, begun = First(), time.perf_counter()
            self.fit(spec, callbacks=[first])
            return first.at - begun

        spec = NetworkSpec(epochs=2)
        until_first(spec)
        warm = statistics.median(until_first(spec) for _ in range(9))
        other = statistics.median(
            until_first(NetworkSpec(epochs=2, hidden_layers=(units, units)))
            for units in (98, 90, 80, 70, 110)
        )
        new = until_first(NetworkSpec(epochs=2, activation="silu"))
        code = COLD.format(threads=THREADS)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        cold = float(done.stdout.strip().splitlines()[-1])
        return [
            "| from the call to the first epoch | target | seconds |", "|---|---|---|",
            f"| warm engine, same network | 0.15 | {warm:.3f} |",
            f"| warm engine, other unit counts | 0.15 | {other:.3f} |",
            f"| warm engine, a shape never compiled before | – | {new:.3f} |",
            f"| first run after TensorFlow has loaded | 1.5 | {cold:.3f} |",
        ]  # fmt: skip

    def growth(self) -> list[str]:
        """How time grows with rows, width, depth and candidates."""
        import numpy as np

        from engine.specs import NetworkSpec

        rng = np.random.default_rng(0)
        found = ["| what grows | values | seconds |", "|---|---|---|"]

        def line(name: str, values: Sequence[Any], work: Callable[[Any], Any]) -> None:
            spent = []
            for value in values:
                work(value)
                spent.append(min(seconds(lambda v=value: work(v)) for _ in range(2)))
            shown = " · ".join(f"{s:.3f}" for s in spent)
            found.append(f"| {name} | {' · '.join(f'{v:,}' for v in values)} | {shown} |")

        def rows(count: int) -> None:
            x = rng.normal(size=(count, 6)).astype(np.float32)
            data = self.peers.Data(x, (x[:, 0] > 0).astype(np.int64), x[:50], np.zeros(50, int))
            self.fit(NetworkSpec(epochs=5, batch_size=32), data)

        line("rows (100/100, 5 epochs, batch 32)", (100, 1_000, 10_000), rows)
        short = {"epochs": 5, "batch_size": 32}
        line("units in two layers (275 rows, 5 epochs)", (16, 64, 256, 1024),
             lambda n: self.fit(NetworkSpec(hidden_layers=(n, n), **short)))  # fmt: skip
        line("hidden layers of 100 (275 rows, 5 epochs)", (1, 2, 8, 32, 128),
             lambda n: self.fit(NetworkSpec(hidden_layers=(100,) * n, **short)))  # fmt: skip
        line("networks of a fleet (100/100, 10 epochs, batch 16)", (1, 10, 100),
             lambda n: self.fleet([NetworkSpec(epochs=10, seed=i) for i in range(n)]))  # fmt: skip
        return found

    def cores(self) -> list[str]:
        """What the second core is worth to a fleet."""
        from engine.network.fleet import Member, train_fleet
        from engine.specs import NetworkSpec

        members = [
            Member(NetworkSpec(epochs=10, seed=i), self.features, 3, self.rows, self.held)
            for i in range(60)
        ]
        spent = {n: [] for n in (1, 2, 3)}  # type: dict[int, list[float]]
        for _ in range(3):
            for n, times in spent.items():
                times.append(seconds(lambda n=n: train_fleet(members, threads=n)))
        best = {n: min(times) for n, times in spent.items()}
        return ["| threads | seconds for a fleet of 60 | times faster than 1 |", "|---|---|---|",
                *(f"| {n} | {s:.3f} | {best[1] / s:.2f} |" for n, s in best.items())]  # fmt: skip

    def same_distribution(self) -> list[str]:
        """Final validation accuracy with shuffling and dropout over seeds, ours and Keras's."""
        from scipy.stats import ks_2samp, mannwhitneyu

        from engine.network.fleet import Member, train_fleet

        _, base = self._maker()
        seeds = 50 if self.full else 15
        base = base.model_copy(update={"epochs": 6})
        members = [
            Member(base.model_copy(update={"seed": s}), self.features, 3, self.rows, self.held)
            for s in range(50)
        ]
        ours = [t.figures[-1].val_accuracy or 0.0 for t in train_fleet(members, threads=THREADS)]
        theirs = []
        for _ in range(seeds):
            model = self.peers.keras_model(self.features, (100, 100), post=True)
            history = model.fit(self.data.x, self.data.y, epochs=6, batch_size=16, verbose=0,
                                validation_data=(self.data.xv, self.data.yv))  # fmt: skip
            theirs.append(float(history.history["val_accuracy"][-1]))
        rank = mannwhitneyu(ours, theirs).pvalue
        shape = ks_2samp(ours, theirs).pvalue
        return [
            f"Validation accuracy after 6 epochs with penalties and dropout: {len(ours)} seeds of the"
            f" engine {statistics.fmean(ours):.3f} ± {statistics.stdev(ours):.3f}, {seeds} of plain"
            f" Keras {statistics.fmean(theirs):.3f} ± {statistics.stdev(theirs):.3f};"
            f" p = {rank:.2f} (Mann-Whitney), {shape:.2f} (Kolmogorov-Smirnov).",
        ]


COMPARED = ("one_training", "experiment_1", "experiments_2_3", "searches", "hyperband", "table",
            "sizes")  # fmt: skip
FIGURES = {
    "first_epoch": "Time to the first epoch",
    "speed": "Share of the machine's speed",
    "growth": "How time grows",
    "cores": "Cores",
    "same_distribution": "The same networks",
}


def main() -> None:
    """Run what is asked for, print it, and write it where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", action="store_true", help="part of the slow peers (default)")
    parser.add_argument("--full", action="store_true", help="all of the slow peers")
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--write", type=Path, help="a Markdown file to write the result to")
    asked = parser.parse_args()
    found = runtime.set_up(THREADS)
    import keras_tuner  # noqa: F401 - loaded before anything is timed

    bench = Bench(asked.full)
    gc.collect()
    gc.freeze()
    only = [name for name in asked.only.split(",") if name] or [*COMPARED, *FIGURES]
    lines = ["| work | against | at least | ratio | engine, s | peer, s | of the peer |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    print("\n".join(lines), flush=True)
    for name in COMPARED:
        for line in getattr(bench, name)() if name in only else ():
            lines.append(line.row)
            print(line.row, flush=True)
    parts = []
    for name, title in FIGURES.items():
        if name in only:
            parts.append("\n".join([f"## {title}", "", *getattr(bench, name)(), ""]))
            print("\n" + parts[-1], flush=True)
    if asked.write:
        asked.write.write_text(_document(found, lines, parts, asked.full), encoding="utf-8")


def _document(found: Any, lines: list[str], parts: list[str], full: bool) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    mode = "--full" if full else "--sample"
    return "\n".join(
        [
            "# How fast the trainer is", "",
            "Made by the program; do not edit. The command:", "",
            f"    python -m benchmarks.trainer {mode} --write docs/performance.md", "",
            f"{found.threads} threads, {platform.machine()}, {_processor()}; Python {found.python},"
            f" {versions}; oneDNN {'on' if found.onednn else 'off'}. Engine and peers ran in turns in"
            " one process, the engine's programs compiled beforehand. Medians of wall-clock seconds;"
            " ratios are peer by engine. An engine's second includes building the Keras model.", "",
            *lines, "", *parts,
        ]
    ).rstrip() + "\n"  # fmt: skip


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line]
    return f"{len(names)} × {names[0]}" if names else platform.processor()


if __name__ == "__main__":
    main()
