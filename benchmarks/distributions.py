"""The post's networks beside plain Keras, in distribution: accuracies over many splits and seeds.

python -m benchmarks.distributions [--seeds 40]

Each network is trained as published on the same splits by the engine, as `reproduce` does it, and
by Keras alone, with initial weights, shuffles and dropout of its own. The two samples of training
and of test accuracies are compared by Kolmogorov and Smirnov's and by Mann and Whitney's test.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
from scipy.stats import ks_2samp, mannwhitneyu

from benchmarks.trainer.peers import early_stopping, keras_model
from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.table import Table
from engine.environment.provenance import current
from engine.jobs.reproduction.networks import train_networks
from engine.jobs.reproduction.steps import Step, steps_of
from engine.results.reference import PARTS, Part
from engine.runs.reporter import Reporter
from engine.specs.data import DataSpec
from engine.specs.kinds.reproduce import ReproduceSpec
from engine.trainer import runtime

THREADS = 2
LEVEL = 0.05
Accuracies = list[tuple[float, float]]


@dataclass(frozen=True)
class Plain:
    """A network of the post in plain Keras: how it is made, and how `fit` is called."""

    make: Callable[[int], keras.Model]
    epochs: int = 10
    batch: int = 16
    callbacks: Callable[[], list[Any]] = list


def _network(hidden: Sequence[int], **settings: Any) -> Callable[[int], keras.Model]:
    return partial(keras_model, hidden=hidden, **settings)


def _cosine(features: int) -> keras.Model:
    return keras_model(
        features, (100, 100), keras.optimizers.schedules.CosineDecayRestarts(0.2, 1000)
    )


def _step_decay() -> list[Any]:
    return [keras.callbacks.LearningRateScheduler(lambda epoch: 0.2 * 0.5 ** (epoch // 3))]


# by preset; the facts are the post's
PLAIN = {
    "no-hidden": Plain(_network(()), epochs=5, batch=32),
    "one-hidden": Plain(_network((100,)), epochs=5, batch=32),
    "two-hidden": Plain(_network((100, 100)), epochs=5, batch=32),
    "step-decay": Plain(_network((100, 100)), callbacks=_step_decay),
    "cosine": Plain(_cosine),
    "weight-decay": Plain(_network((100, 100), post=True, dropout=0.0)),
    "dropout": Plain(_network((100, 100), post=True)),
    "early-stopping": Plain(
        _network((100, 100), post=True), epochs=20, callbacks=lambda: [early_stopping()]
    ),
}


def by_keras(plain: Plain, table: Table, specs: Sequence[DataSpec]) -> Accuracies:
    """Training and test accuracy for each split; the model is traced once, and begun anew."""
    model: Any = None
    accuracies: Accuracies = []
    for number, spec in enumerate(specs):
        prepared = preprocess(table, spec)
        train, test = prepared.train, prepared.selection_set
        # another seed than the engine's, which are those of the splits
        keras.utils.set_random_seed(10_000 + number)
        new = plain.make(train.x.shape[1])
        if model is None:
            model = new
            model.optimizer.build(model.trainable_variables)
            start = [variable.numpy() for variable in model.optimizer.variables]
        model.set_weights(new.get_weights())
        for variable, value in zip(model.optimizer.variables, start, strict=True):
            variable.assign(value)
        x, held = np.asarray(train.x), np.asarray(test.x)
        model.fit(
            x, train.y, validation_data=(held, test.y), epochs=plain.epochs,
            batch_size=plain.batch, verbose=0, callbacks=plain.callbacks(),
        )  # fmt: skip
        found = [
            float(np.mean(model.predict_on_batch(rows).argmax(axis=1) == y))
            for rows, y in ((x, train.y), (held, test.y))
        ]
        accuracies.append((found[0], found[1]))
    return accuracies


def by_engine(steps: Sequence[Step], table: Table) -> Accuracies:
    """The same of the engine's fleet."""
    trials = train_networks(steps, table, Reporter())
    return [(trial.train[0], trial.test[0]) for trial in trials]


def lines(part: Part, ours: Accuracies, theirs: Accuracies) -> Iterator[tuple[str, float]]:
    """A line of the table for training and for test accuracy, each with its smaller p-value."""
    for place, name in enumerate(("train", "test")):
        mine, other = ([own[place] for own in found] for found in (ours, theirs))
        tests = ks_2samp(mine, other).pvalue, mannwhitneyu(mine, other).pvalue
        means = " | ".join(f"{np.mean(v):.3f} ± {np.std(v, ddof=1):.3f}" for v in (mine, other))
        line = f"| {part.name} | {name} | {means} | {tests[0]:.2f} | {tests[1]:.2f} |"
        yield line, min(map(float, tests))


def main() -> None:
    """Print the table, and whether anything stands out among so many tests (Bonferroni)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    seeds = parser.parse_args().seeds
    runtime.set_up(THREADS)
    versions = current()["versions"]
    steps = [s for s in steps_of(ReproduceSpec(seeds=seeds)) if s.protocol == "as_published"]
    table = load(DataSpec())
    print(f"{seeds} splits, keras {versions['keras']}, tensorflow {versions['tensorflow']}\n")
    print("| network | accuracy | engine, mean ± std | plain Keras | KS, p | MWU, p |")
    print("|---|---|---|---|---|---|")
    smallest: list[float] = []
    for part in (part for part in PARTS if part.kind == "train"):
        own = [step for step in steps if step.part is part]
        theirs = by_keras(PLAIN[part.preset], table, [step.spec for step in own])
        for line, p in lines(part, by_engine(own, table), theirs):
            print(line, flush=True)
            smallest.append(p)
    limit = LEVEL / (2 * len(smallest))
    print(
        f"\nThe smallest of {2 * len(smallest)} p-values is {min(smallest):.3f}; a difference would"
        f" be shown below {limit:.4f} (Bonferroni, {LEVEL:g} over all): "
        + ("none is." if min(smallest) >= limit else "there is one.")
    )


if __name__ == "__main__":
    main()
