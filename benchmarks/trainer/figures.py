"""Figures of the trainer beside the comparisons: first epoch, speed, growth, cores, seeds."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
from scipy.stats import ks_2samp, mannwhitneyu

import benchmarks.trainer.peers as peers
from benchmarks.peers.measuring import FOLDER, measured, table
from benchmarks.peers.work import SIZES
from benchmarks.trainer.work import THREADS, Bench, seconds
from engine.specs.network import NetworkSpec, count_parameters
from engine.trainer.callbacks import Callback
from engine.trainer.fleet import train_fleet
from engine.trainer.training import Figures, Training

COLD = """
import time
from engine.trainer import runtime
runtime.set_up({threads})
import numpy as np
from engine.trainer.batching import Rows
from engine.trainer.network import Network
from engine.specs.network import NetworkSpec
from engine.trainer.callbacks import Callback
x = np.random.default_rng(0).normal(size=(275, 6)).astype("float32")
y = (x[:, 0] > 0).astype(int)
class First(Callback):
    at = 0.0
    def on_call_end(self, training, figures):
        self.at = self.at or time.perf_counter()
first, begun = First(), time.perf_counter()
rows = Rows.of(x, y)
Network.build(NetworkSpec(), 6, 3).train(rows, rows, epochs=2, batch_size=16, callbacks=[first])
print(first.at - begun)
"""


def beside_peers(bench: Bench) -> list[str]:
    """Milliseconds a network, ours and those of the strongest peers, in turns."""
    return table(measured(SIZES, FOLDER))


def speed(bench: Bench) -> list[str]:
    """The machine's matrix products, and the share of them that trainings reach."""
    a = jnp.asarray(np.random.default_rng(0).normal(size=(1536, 1536)).astype(np.float32))
    product = jax.jit(jnp.matmul)
    product(a, a)
    best = min(seconds(lambda: np.asarray(product(a, a))) for _ in range(10))
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
        data = peers.Data(x, (x[:, 0] > 0).astype(np.int64), x[:50], np.zeros(50, int))
        spec = NetworkSpec(hidden_layers=hidden, epochs=3, batch_size=batch)
        bench.fit(spec, data)
        spent = min(seconds(partial(bench.fit, spec, data)) for _ in range(2))
        work = 6 * count_parameters(hidden, features, 3) * rows * 3
        name = "/".join(map(str, hidden))
        found.append(
            f"| {name}, {rows:,} × {features}, {batch} | {work / spent / 1e9:,.1f} |"
            f" {work / spent / 1e9 / peak:.0%} |"
        )
    return found


def first_epoch(bench: Bench) -> list[str]:
    """From the call to the first epoch's callback."""

    class First(Callback):
        at = 0.0

        def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
            self.at = self.at or time.perf_counter()

    def until_first(spec: Any) -> float:
        first, begun = First(), time.perf_counter()
        bench.fit(spec, callbacks=[first])
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
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    cold = float(done.stdout.strip().splitlines()[-1])
    return [
        "| from the call to the first epoch | target | seconds |", "|---|---|---|",
        f"| warm engine, same network | 0.15 | {warm:.3f} |",
        f"| warm engine, other unit counts | 0.15 | {other:.3f} |",
        f"| warm engine, a shape never compiled before | – | {new:.3f} |",
        f"| first run after JAX has loaded | 1.5 | {cold:.3f} |",
    ]  # fmt: skip


def growth(bench: Bench) -> list[str]:
    """How time grows with rows, width, depth and candidates."""
    rng = np.random.default_rng(0)
    found = ["| what grows | values | seconds |", "|---|---|---|"]

    def line(name: str, values: Sequence[Any], work: Callable[[Any], Any]) -> None:
        spent = []
        for value in values:
            work(value)
            spent.append(min(seconds(partial(work, value)) for _ in range(2)))
        shown = " · ".join(f"{s:.3f}" for s in spent)
        found.append(f"| {name} | {' · '.join(f'{v:,}' for v in values)} | {shown} |")

    def rows(count: int) -> None:
        x = rng.normal(size=(count, 6)).astype(np.float32)
        data = peers.Data(x, (x[:, 0] > 0).astype(np.int64), x[:50], np.zeros(50, int))
        bench.fit(NetworkSpec(epochs=5, batch_size=32), data)

    line("rows (100/100, 5 epochs, batch 32)", (100, 1_000, 10_000), rows)
    short = NetworkSpec(epochs=5, batch_size=32)

    def layers(*hidden: int) -> Any:
        return bench.fit(short.model_copy(update={"hidden_layers": hidden}))

    line("units in two layers (275 rows, 5 epochs)", (16, 64, 256, 1024),
         lambda n: layers(n, n))  # fmt: skip
    line("hidden layers of 100 (275 rows, 5 epochs)", (1, 2, 8, 32, 128),
         lambda n: layers(*[100] * n))  # fmt: skip
    line("networks of a fleet (100/100, 10 epochs, batch 16)", (1, 10, 100),
         lambda n: bench.fleet([NetworkSpec(epochs=10, seed=i) for i in range(n)]))  # fmt: skip
    return found


def cores(bench: Bench) -> list[str]:
    """What the second core is worth to a fleet."""
    members = [bench.member(NetworkSpec(epochs=10, seed=i)) for i in range(60)]
    spent = {n: [] for n in (1, 2, 3)}  # type: dict[int, list[float]]
    for _ in range(3):
        for n, times in spent.items():
            times.append(seconds(partial(train_fleet, members, threads=n)))
    best = {n: min(times) for n, times in spent.items()}
    return ["| threads | seconds for a fleet of 60 | times faster than 1 |", "|---|---|---|",
            *(f"| {n} | {s:.3f} | {best[1] / s:.2f} |" for n, s in best.items())]  # fmt: skip


def same_distribution(bench: Bench) -> list[str]:
    """Final validation figures with shuffling and dropout over seeds, ours and Keras's."""
    base = bench.dropout_network().model_copy(update={"epochs": 6})
    seeds = range(50)
    last: dict[int, Figures] = {}

    class Last(Callback):
        def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
            if figures:
                last[training.plan.seed] = figures[-1]

    members = [bench.member(base.model_copy(update={"seed": seed})) for seed in seeds]
    train_fleet(members, threads=THREADS, callbacks=lambda _: [Last()])
    ours = {"accuracy": [last[seed].val_accuracy for seed in seeds],
            "loss": [last[seed].val_loss for seed in seeds]}  # fmt: skip
    theirs: dict[str, list[float]] = {name: [] for name in ours}
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        model = peers.keras_model(bench.features, (100, 100), post=True)
        history = model.fit(bench.data.x, bench.data.y, epochs=6, batch_size=16, verbose=0,
                            validation_data=(bench.data.xv, bench.data.yv)).history  # fmt: skip
        for name, values in theirs.items():
            values.append(float(history[f"val_{name}"][-1]))
    lines = [f"After 6 epochs with penalties and dropout, {len(seeds)} seeds each:", "",
             "| validation | engine | plain Keras | p (Mann-Whitney) | p (Kolmogorov-Smirnov) |",
             "|---|---|---|---|---|"]  # fmt: skip
    for name, own in ours.items():
        mine, other = (f"{statistics.fmean(v):.3f} ± {statistics.stdev(v):.3f}"
                       for v in (own, theirs[name]))  # fmt: skip
        rank, shape = mannwhitneyu(own, theirs[name]).pvalue, ks_2samp(own, theirs[name]).pvalue
        lines.append(f"| {name} | {mine} | {other} | {rank:.2f} | {shape:.2f} |")
    return lines
