"""How often the extrapolation of a learning curve covers what twice the rows give.

    python -m benchmarks.learning_curve [--tables 4]

Tables are drawn from populations and from scikit-learn's own data sets. A curve of one half of the
rows is extrapolated to twice its largest size; what the whole table gives is the last point of its
own curve, of as many training rows. 95 % is meant. The whole's point is a measurement as well, and
shares its rows with the half.
"""

import argparse
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, make_classification, make_moons

from engine.environment.machine import usable_threads
from engine.jobs import run_job
from engine.kinds import make_spec
from engine.results.learning_curve import LearningCurveResult
from engine.runs.reporter import Reporter
from engine.trainer import runtime

Table = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]
ROWS = 1500
MODELS = ["network", "logistic", "naive_bayes", "knn", "decision_tree"]
FIELDS = {"target": "y", "models": MODELS, "test_fraction": 0.05, "validation_fraction": 0.2}


def moons(seed: int) -> Table:
    """Two moons among four features of noise."""
    x, y = make_moons(ROWS, noise=0.3, random_state=seed)
    return np.hstack([x, np.random.default_rng(seed).normal(size=(ROWS, 4))]), y


def clusters(seed: int) -> Table:
    """Three classes of clusters in 5 of 20 features, 5 % of the labels wrong."""
    x, y = make_classification(
        ROWS, 20, n_informative=5, n_classes=3, flip_y=0.05, random_state=seed
    )
    return x, y


def ellipses(seed: int) -> Table:
    """Two classes of normal distributions in eight dimensions with covariances of their own."""
    draw = np.random.default_rng(seed)
    y = draw.integers(0, 2, ROWS)
    roots = draw.normal(0, 0.5, (2, 8, 8)) + np.eye(8)
    x = draw.normal(size=(ROWS, 8))
    return np.einsum("nij,nj->ni", roots[y], x) + 0.8 * y[:, None], y


def real(loader: Callable[..., Any]) -> Callable[[int], Table]:
    """A data set of scikit-learn's, in an order of its own for each seed."""

    def table(seed: int) -> Table:
        x, y = loader(return_X_y=True)
        order = np.random.default_rng(seed).permutation(len(y))
        return x[order], y[order]

    return table


TABLES: dict[str, Callable[[int], Table]] = {
    "moons": moons, "clusters": clusters, "ellipses": ellipses,
    "digits": real(load_digits), "breast cancer": real(load_breast_cancer),
}  # fmt: skip


def curve(folder: Path, x: Any, y: Any, **fields: Any) -> LearningCurveResult:
    """The learning curve of a table."""
    path = folder / "table.csv"
    frame = pd.DataFrame(x, columns=[f"x{n}" for n in range(x.shape[1])])
    frame.assign(y=[f"class {label}" for label in y]).to_csv(path, index=False)
    spec = make_spec("learning_curve", FIELDS | {"data": str(path)} | fields)
    result = run_job(spec, Reporter())
    assert isinstance(result, LearningCurveResult)
    return result


def covered(half: LearningCurveResult, whole: LearningCurveResult) -> Iterator[dict[str, Any]]:
    """For each model whether the half's band holds the whole's last point, how far it is off."""
    found = half.extrapolation
    assert found is not None
    rows = whole.sizes[-1]
    for own, other in zip(found.models, whole.models, strict=True):
        low, mean, high = (
            float(np.interp(rows, found.sizes, [getattr(p, name) for p in own.points]))
            for name in ("low", "mean", "high")
        )
        truth = other.points[-1].mean
        yield {
            "model": own.model, "held": low <= truth <= high, "off": 100 * (mean - truth),
            "width": 100 * (high - low),
            "flat": 100 * (half.models[found.models.index(own)].points[-1].mean - truth),
        }  # fmt: skip


def main() -> None:
    """Print the coverage for each table and for each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=4, help="of each kind")
    tables = parser.parse_args().tables
    runtime.set_up(usable_threads())
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as home:
        os.environ["PENGUIN_TUI_HOME"] = home
        for name, make in TABLES.items():
            for seed in range(tables):
                x, y = make(seed)
                half = curve(Path(home), x[: len(y) // 2], y[: len(y) // 2])
                whole = curve(Path(home), x, y, sizes=4)
                for one in covered(half, whole):
                    for group in (name, one["model"], "all"):
                        groups[group].append(one)
            report(name, groups[name])
    for name in (*MODELS, "all"):
        report(name, groups[name])


def report(name: str, found: list[dict[str, Any]]) -> None:
    """A line: coverage, mean error, the same without extrapolating, mean width of the band."""
    held = fmean(one["held"] for one in found)
    off, flat = (fmean(abs(one[key]) for one in found) for key in ("off", "flat"))
    bias, width = (fmean(one[key] for one in found) for key in ("off", "width"))
    print(
        f"{name:<16}{len(found):>5} curves   covered {held:>6.1%}   off {off:.2f} pp"
        f" (bias {bias:+.2f}; taking the half's last point: {flat:.2f})   band {width:.1f} pp",
        flush=True,
    )


if __name__ == "__main__":
    main()
