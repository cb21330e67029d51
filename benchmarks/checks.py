"""How often `penguin-tui check` finds what is not there: on pure noise, and on clean data.

    python -m benchmarks.checks [--tables 100]

Noise: the class has nothing to do with the columns, so that only "no better than …" is true; a
baseline, and a network that has learnt the noise by heart, for which "overfit" and "badly
calibrated" are true as well. Clean: a ring around a disc, which a network tells apart and a line
does not, so that no finding is true. Search: 1,000 searches in which no setting matters.
"""

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from engine.jobs.checks.evidence import Evidence, NotMeasured
from engine.jobs.checks.measures import look_for
from engine.jobs.checks.search import best_at_edge
from engine.kinds import make_spec
from engine.results.checks import CHECKS
from engine.runs.events import Event, TrialEnded, TrialStarted
from engine.runs.reporter import (
    Reporter,
)
from engine.runs.state import RunState, fold
from engine.store.store import Store
from engine.trainer import runtime
from tests.support.in_process import run_in_process

THREADS = 2
ROWS, COLUMNS, SEARCHES, TRIALS = 1_000, 6, 1_000, 20
SPLIT = {"validation_fraction": 0.4, "test_fraction": 0.2, "target": "class"}
LEARNT = {"overfit", "badly_calibrated"}
NO_BETTER = {"not_better_than_majority", "not_better_than_logistic"}
NETWORK: dict[str, Any] = {
    "hidden_layers": [32, 32], "epochs": 300, "batch_size": 32,
    "early_stopping": {"monitor": "val_loss", "patience": 15, "restore_best": True},
}  # fmt: skip
CASES: dict[str, tuple[str, str, dict[str, Any], set[str]]] = {
    "noise, baseline": (
        "noise", "baseline", {"inverse_regularization": 0.01}, {"not_better_than_majority"},
    ),
    "noise, network": (
        "noise", "train", {"hidden_layers": [32, 32], "epochs": 100}, NO_BETTER | LEARNT,
    ),
    "clean, network": ("clean", "train", NETWORK, set()),
}  # fmt: skip


def table(kind: str, path: Path, seed: int) -> None:
    """Write a table of a kind."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(ROWS, COLUMNS))
    if kind == "noise":
        y = draw.random(ROWS) < 0.5
    else:
        y = draw.random(ROWS) < 0.5
        radius = np.where(y, 2.0, 0.8) + 0.25 * draw.normal(size=ROWS)
        angle = draw.uniform(0, 2 * np.pi, ROWS)
        x = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
    lines = [
        ",".join([*(f"{v:.6f}" for v in row), "ab"[int(c)]]) for row, c in zip(x, y, strict=True)
    ]
    path.write_text("\n".join([",".join([*(f"x{n}" for n in range(x.shape[1])), "class"]), *lines]))


def findings(store: Store, folder: Path, case: str, tables: int) -> Counter[str]:
    """How many tables each code is found in."""
    kind, job, settings, _ = CASES[case]
    found: Counter[str] = Counter()
    for seed in range(tables):
        path = folder / f"{kind}-{seed}.csv"
        table(kind, path, seed)
        number = run_in_process(store, job, {"data": str(path)} | SPLIT | settings)
        report = look_for(Evidence.of(store, number, Reporter()))
        found.update(own.code for own in report.findings)
        sys.stderr.write(f"\r{case}: {seed + 1} of {tables} ")
    return found


def searches(store: Store) -> Iterator[bool]:
    """Whether the best value is said to lie at an edge, of searches in which nothing matters."""
    space = {"learning_rate": {"low": 1e-4, "high": 1e-1, "scale": "log"},
             "dropout": {"low": 0.0, "high": 0.5}, "units": {"low": 8, "high": 256}}  # fmt: skip
    spec = make_spec("random_search", {"max_trials": TRIALS, "vary": space})
    record = store.run(store.submit(spec))
    draw = random.Random(0)
    for _ in range(SEARCHES):
        events: list[Event] = []
        for trial in range(TRIALS):
            settings = {name: _drawn(draw, own) for name, own in spec.vary.items()}  # type: ignore[attr-defined]
            score = min(1.0, draw.gauss(0.9, 0.03))
            events.append(TrialStarted(trial=trial, settings=settings, epochs=1))
            events.append(
                TrialEnded(trial=trial, status="finished", scores={"validation": (score,)})
            )
        evidence = Evidence(record, fold(RunState(), events), store, Reporter())
        try:
            yield best_at_edge(evidence) is not None
        except NotMeasured:
            yield False


def _drawn(draw: random.Random, dimension: Any) -> Any:
    if hasattr(dimension, "values") and dimension.values and not hasattr(dimension, "low"):
        return draw.choice(dimension.values)
    if dimension.scale == "log":
        return float(np.exp(draw.uniform(np.log(dimension.low), np.log(dimension.high))))
    value = draw.uniform(dimension.low, dimension.high)
    return round(value) if dimension.whole else value


def main() -> None:
    """Print the table of docs/checks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=100)
    tables = parser.parse_args().tables
    runtime.set_up(THREADS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["PENGUIN_TUI_HOME"] = str(folder / "home")
        (folder / "home").mkdir(mode=0o700)
        with Store.open(folder / "home") as store:
            found = {case: findings(store, folder, case, tables) for case in CASES}
            edges = sum(searches(store))
    sys.stderr.write("\n")
    print("| code | " + " | ".join(CASES) + " | search |")
    print("|---|" + "---|" * (len(CASES) + 1))
    for check in CHECKS:
        cells = []
        for case, counts in found.items():
            share = f"{100 * counts[check.code] / tables:.0f} %"
            cells.append(f"{share} (true)" if check.code in CASES[case][3] else share)
        edge = f"{100 * edges / SEARCHES:.1f} %" if check.code == "best_at_edge" else "–"
        print(f"| `{check.code}` | " + " | ".join([*cells, edge]) + " |")


if __name__ == "__main__":
    main()
