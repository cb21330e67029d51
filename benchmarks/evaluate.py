"""How fast an evaluation is: as a command on a warm engine, and beside scikit-learn with joblib.

    python -m benchmarks.evaluate [--rounds 3]

50 trainings of the post's network are one `penguin-tui run evaluate` with five folds ten times; the
other models are fitted and scored on the same folds by scikit-learn alone, on as many cores. The
best of some rounds counts.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    matthews_corrcoef,
    roc_auc_score,
)

from engine.client.process import stop_engine
from engine.data.load import load
from engine.data.splits.folds import StrictPool
from engine.environment.machine import usable_threads
from engine.jobs import run_job
from engine.jobs.comparison.classifiers import MAKERS
from engine.kinds import make_spec
from engine.runs.reporter import Reporter
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.trainer import runtime
from engine.trainer.seeds import FOLDS, derived_seed

# the post's networks with hidden layers: ten epochs in batches of 16
NETWORK = ["--set", "models=network", "--set", "epochs=10"]
COMMAND = (sys.executable, "-m", "penguin_tui", "run", "evaluate", *NETWORK)


def best(rounds: int, work: Callable[[], Any]) -> float:
    """Seconds of the fastest of some rounds."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return min(found)


def command() -> None:
    """All of it as a person does it, the start of the program included."""
    subprocess.run(COMMAND, check=True, capture_output=True)


def evaluated(spec: EvaluateSpec) -> None:
    """The evaluation in this process."""
    run_job(spec, Reporter())


def fold(model: Any, x: Any, y: Any, other: Any, actual: Any) -> tuple[float, ...]:
    """Fit and score one fold with scikit-learn's functions."""
    fitted = clone(model).fit(x, y)
    said = fitted.predict(other)
    found = [
        accuracy_score(actual, said), balanced_accuracy_score(actual, said),
        f1_score(actual, said, average="macro"), matthews_corrcoef(actual, said),
    ]  # fmt: skip
    if hasattr(fitted, "predict_proba"):
        probable = fitted.predict_proba(other)
        found += [log_loss(actual, probable), roc_auc_score(actual, probable, multi_class="ovr")]
        found.append(brier_score_loss(actual, probable))
    return tuple(map(float, found))


def by_joblib(spec: EvaluateSpec, name: str) -> None:
    """The same folds by scikit-learn and joblib, preprocessing learnt in each."""
    # the engine's own asks now and then whether it is to stop, and cannot go to another process
    plain = LogisticRegression(C=spec.inverse_regularization, max_iter=spec.max_iterations)
    model = plain if name == "logistic" else MAKERS[name](spec, Reporter())
    table = load(spec.data_spec)
    jobs = []
    for repeat in range(spec.repeats):
        seed = derived_seed(spec.split_seed, FOLDS, repeat)
        pool = StrictPool(table, spec.data_spec, seed, early_stopping=False)
        for rows, held_out in pool.folds(spec.folds).split(np.zeros(len(pool.y)), pool.y):
            sets = pool.scored_sets(rows, held_out)
            x, other = np.asarray(sets.train[0]), np.asarray(sets.scored[0])
            jobs.append((x, sets.train[1], other, sets.scored[1]))
    Parallel(n_jobs=usable_threads())(delayed(fold)(model, *job) for job in jobs)


def main() -> None:
    """Print both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        os.environ["PENGUIN_TUI_HOME"] = home
        command()
        seconds = best(rounds, command)
        stop_engine(Path(home))
        print(f"50 trainings of the post's network, as a command: {seconds:.2f} s (at most 1.5)")
    runtime.set_up(usable_threads())
    print(f"\n{'model':<20}{'evaluation':>12}{'joblib':>10}{'times':>8}   at most 1.2")
    for name in MAKERS:
        spec = make_spec("evaluate", {"models": [name]})
        assert isinstance(spec, EvaluateSpec)
        ours = best(rounds, partial(evaluated, spec))
        theirs = best(rounds, partial(by_joblib, spec, name))
        print(f"{name:<20}{ours:>10.2f} s{theirs:>8.2f} s{ours / theirs:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
