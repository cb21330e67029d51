"""The whole post with one seed, as published: the engine's jobs beside plain Keras, part by part.

The peers are the same networks with the same settings as plain `keras.Sequential`s,
built and fitted by Keras alone; the searches are the libraries' as the post calls them.
"""

import statistics
from collections.abc import Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks import searches
from benchmarks.trainer.work import Bench, seconds
from engine.jobs import run_job
from engine.jobs.reproduction.steps import steps_of
from engine.keras_files.optimizers import KERAS_SCHEDULES
from engine.planning import sweep as sweeps
from engine.runs.reporter import Reporter
from engine.specs.derived_settings import with_settings
from engine.specs.kinds.reproduce import ReproduceSpec
from engine.trainer.learning_rates import spec_rates
from tests.support.parity.keras_models import keras_model

# of an experiment's points the peers do these shares, spread evenly so that their mean is the
# mean over all; an experiment whose points differ in cost by a hundredfold is done whole
SAMPLES = {"layers": 5, "units": 3, "first_layer_units": 3, "epochs": 3}


def whole_post(bench: Bench) -> list[str]:
    """The engine's reproduction as published, one seed, warm, beside the same in plain Keras."""
    lines = ["| part | plain Keras, s | engine, s | ratio | of the peer |", "|---|---|---|---|---|"]
    peers = searches.Peers()
    ours = theirs = 0.0
    published = [s for s in steps_of(ReproduceSpec(seeds=1)) if s.protocol == "as_published"]
    for step in published:
        part, spec = step.part, step.spec

        def engine(spec: Any = spec) -> None:
            reporter = Reporter()
            run_job(spec, reporter)
            reporter.drain()

        engine()
        mine = statistics.median(seconds(engine) for _ in range(3))
        if spec.kind in searches.SEARCHES:
            line = searches.against_peers(peers, spec.kind, bench.full)
            mine, other, share = line.ours, line.theirs, line.part
        else:
            other, share = _plain(bench, spec)
        ours, theirs = ours + mine, theirs + other
        lines.append(
            f"| {part.name} | {other:,.2f} | {mine:.3f} | {other / mine:,.1f}× | {share} |"
        )
    lines.append(f"| all of it | {theirs:,.1f} | {ours:.2f} | {theirs / ours:,.1f}× | |")
    return [*lines, "", "Targets: 60× and under 35 s."]


def _plain(bench: Bench, spec: Any) -> tuple[float, str]:
    """Seconds of the peer, and which share of its work was done."""
    data = bench.data
    if spec.kind == "baseline":
        model = LogisticRegression(max_iter=1000)
        return seconds(lambda: model.fit(data.x, data.y).score(data.xv, data.yv)), "all"
    if spec.kind == "train":
        return seconds(lambda: _fit(bench, spec.network)), "all"
    setting, values = sweeps.swept(spec)
    networks = [with_settings(spec.network, {setting: value}) for value in values]
    chosen = _evenly(networks, len(networks) if bench.full else SAMPLES.get(setting, len(networks)))
    spent = [seconds(partial(_fit, bench, network)) for network in chosen]
    all_of_it = len(chosen) == len(networks)
    share = "all" if all_of_it else f"{len(chosen)} of {len(networks)} points, scaled"
    return statistics.fmean(spent) * len(networks), share


def _evenly(items: Sequence[Any], count: int) -> list[Any]:
    return [items[int((i + 0.5) * len(items) / count)] for i in range(count)]


def _fit(bench: Bench, network: Any) -> None:
    data = bench.data
    callbacks: list[Any] = []
    if type(network.schedule) not in KERAS_SCHEDULES:
        rates = spec_rates(network.schedule, network.learning_rate)
        rate = lambda epoch: float(rates(epoch, np.zeros(1))[0])  # noqa: E731
        callbacks.append(keras.callbacks.LearningRateScheduler(rate))
    stopping = network.early_stopping
    if stopping is not None:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                stopping.monitor, min_delta=stopping.min_delta, patience=stopping.patience,
                restore_best_weights=stopping.restore_best, mode="max",
            )
        )  # fmt: skip
    keras_model(network, bench.features, 3).fit(
        data.x, data.y, validation_data=(data.xv, data.yv), epochs=network.epochs,
        batch_size=network.batch_size, verbose=0, callbacks=callbacks,
    )  # fmt: skip
