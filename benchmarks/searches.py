"""The searches beside scikeras and Keras Tuner as published, and what the job adds: ratios.

python -m benchmarks.searches --sample     a declared part of the slow peers, scaled (default)
python -m benchmarks.searches --full       all of it, some minutes

Both sides run in turns in one process, programs compiled beforehand. Peers are
written as the post writes them: the model function returns a compiled model,
`fit` is given 10 epochs and batches of 4, the test part stops and selects.
"""

import argparse
import gc
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from engine.trainer import runtime

THREADS = 2
ROUNDS = 3
SEARCHES = ("random_search", "grid_search", "hyperband")


@dataclass(frozen=True)
class Line:
    """One comparison: medians of seconds, and the share of the peer's work that was run."""

    work: str
    peer: str
    target: str
    ours: float
    theirs: float
    part: str = "all"

    def __str__(self) -> str:
        return (
            f"{self.work:<34}{self.peer:<34}{self.theirs / self.ours:>8.2f}  {self.target:<14}"
            f"{self.ours:>8.3f} s {self.theirs:>9.3f} s  {self.part}"
        )


def seconds(work: Callable[[], Any]) -> float:
    """Wall-clock seconds of one call."""
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work()
    return time.perf_counter() - begun


def in_turns(
    ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int
) -> tuple[float, float]:
    """Medians of both, run in turns, ours twice for one of theirs."""
    mine, other = [], []
    for _ in range(rounds):
        mine.append(seconds(ours))
        other.append(seconds(theirs))
        mine.append(seconds(ours))
    return statistics.median(mine), statistics.median(other)


def job(kind: str, **fields: Any) -> Any:
    """The whole job of the post's preset: reading, searching, refit, scoring, keeping."""
    from engine.kinds import KINDS, make_spec
    from engine.runs.reporter import Reporter

    spec = make_spec(kind, KINDS[kind].presets["post"] | fields)
    reporter = Reporter()
    result = import_module(f"engine.jobs.{kind}").run(spec, reporter)
    reporter.drain()
    return result


class Peers:
    """The same searches with the libraries alone, on plain Keras or on the engine's networks."""

    def __init__(self) -> None:
        import benchmarks.trainer.peers as peers
        from engine.data.datasets import preprocess
        from engine.data.load import load
        from engine.specs.data import DataSpec

        spec = DataSpec(protocol="as_published")
        prepared = preprocess(load(spec), spec)
        held = prepared.selection_set
        self.peers = peers
        self.data = peers.Data(prepared.train.x[:], prepared.train.y, held.x[:], held.y)
        self.features = int(self.data.x.shape[1])

    def published(self, kind: str, make: Any, candidates: int | None) -> None:
        """Random or grid search as published; with `candidates` that many, without the refit."""
        from scikeras.wrappers import KerasClassifier
        from scipy.stats import uniform
        from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, StratifiedKFold

        classifier = KerasClassifier(
            make, optimizer="adam", verbose=0, callbacks=[self.peers.early_stopping()]
        )
        shared = {
            "cv": StratifiedKFold(3), "scoring": "accuracy", "error_score": "raise",
            "refit": candidates is None, "return_train_score": True,
        }  # fmt: skip
        rates = [0.001, 0.005]
        if kind == "grid_search":
            space = {"optimizer__learning_rate": rates, "batch_size": [10, 16], "epochs": [10, 12]}
            if candidates is not None:
                space = {"optimizer__learning_rate": rates[:candidates]}
            search = GridSearchCV(classifier, space, **shared)
        else:
            search = RandomizedSearchCV(
                classifier,
                {
                    "optimizer__learning_rate": uniform(0.001, 0.01),
                    "batch_size": list(range(2, 16)),
                    "epochs": list(range(6, 15)),
                },
                n_iter=candidates or 10, random_state=1, **shared,
            )  # fmt: skip
        search.fit(
            self.data.x, self.data.y, epochs=10, batch_size=4,
            validation_data=(self.data.xv, self.data.yv),
        )  # fmt: skip

    def hyperband(self, trials: int | None) -> float:
        """Seconds of Keras Tuner's own Hyperband on plain Keras."""
        import keras_tuner

        plain = self.peers.plain_hyper(self.features)
        spent, _ = self.peers.hyperband(keras_tuner.Hyperband, plain, self.data, trials)
        return float(spent)


def plain(meta: dict[str, Any]) -> Any:
    """The post's model function."""
    from benchmarks.trainer.peers import keras_model

    return keras_model(meta["n_features_in_"], (100, 100), post=True)


def against_peers(peers: Peers, kind: str, full: bool) -> Line:
    """The job as published against the library as published."""
    published = {"protocol": "as_published"}
    job(kind, **published)
    if kind == "hyperband":
        trials = None if full else 8
        theirs: list[float] = []
        ours, _ = in_turns(
            lambda: job(kind, **published),
            lambda: theirs.append(peers.hyperband(trials)),
            1 if full else 2,
        )
        part = "all" if full else "the first 8 of 30 trials (the shortest), scaled"
        scaled = statistics.median(theirs) * (1 if full else 30 / 8)
        return Line("Hyperband, 30 trials", "Keras Tuner", "at least 25", ours, scaled, part)
    fits, few = (25, 2) if kind == "grid_search" else (31, 2)
    ours, theirs_s = in_turns(
        lambda: job(kind, **published),
        lambda: peers.published(kind, plain, None if full else few),
        1 if full else 2,
    )
    part = "all" if full else f"{3 * few} of {fits} trainings, scaled"
    scaled = theirs_s if full else theirs_s * fits / (3 * few)
    work = f"{kind.replace('_', ' ')}, {fits} trainings"
    return Line(work, "scikeras as published", "at least 50", ours, scaled, part)


def main() -> None:
    """Run what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sample", action="store_true", help="part of the slow peers (default)")
    parser.add_argument("--full", action="store_true", help="all of the slow peers")
    parser.add_argument("--only", default="", help="kinds, separated by commas")
    asked = parser.parse_args()
    runtime.set_up(THREADS)
    from engine.environment.provenance import current

    peers = Peers()
    gc.collect()
    gc.freeze()
    versions = current()["versions"]
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    print(f"{'work':<34}{'against':<34}{'ratio':>8}  {'target':<14}{'ours':>10} {'theirs':>11}")
    for kind in [name for name in asked.only.split(",") if name] or SEARCHES:
        print(against_peers(peers, kind, asked.full), flush=True)


if __name__ == "__main__":
    main()
