"""How many flipped labels `run influence` finds, beside cleanlab.

    pip install -r benchmarks/influence.txt
    python -m benchmarks.influence [--tables 5]

Of each table 5 % of the labels are flipped at random to another class. cleanlab gets probabilities
out of sample from the same network: scikit-learn's MLPClassifier with the same layers, epochs,
batch and learning rate, in a cross-validation of ten folds (`find_label_issues`, its defaults), on
the same training rows. Precision and recall are over the flipped labels of the training set; by
chance a row is a flipped one in 5 % of cases.
"""

import argparse
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.model_selection import cross_val_predict
from sklearn.neural_network import MLPClassifier

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.jobs import run_job
from engine.kinds import make_spec
from engine.results.influence import InfluenceResult
from engine.runs.reporter import Reporter
from engine.sources.files import locate
from engine.trainer import runtime

FLIPPED, FOLDS, THREADS = 0.05, 10, 2
NETWORK: dict[str, Any] = {"hidden_layers": [50], "epochs": 20, "batch_size": 16, "repeats": 2}
Counts = tuple[int, int, int]


def tables() -> Iterator[tuple[str, pd.DataFrame]]:
    """Each table, its class in the column `class`."""
    yield "penguins", pd.read_csv(locate("penguins")).rename(columns={"species": "class"}).dropna()
    for name, get in (
        ("iris", load_iris), ("wine", load_wine), ("breast cancer", load_breast_cancer)
    ):  # fmt: skip
        found = get(as_frame=True)
        labels = found.target.map(lambda code, names=found.target_names: str(names[code]))
        yield name, found.data.assign(**{"class": labels})


def flipped(table: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, set[int]]:
    """The table with some labels flipped, and the numbers of their rows from 1."""
    draw = np.random.default_rng(seed)
    labels = table["class"].to_numpy(dtype=object).copy()
    chosen = draw.choice(len(table), round(FLIPPED * len(table)), replace=False)
    names = sorted(set(labels))
    for row in chosen:
        labels[row] = draw.choice([name for name in names if name != labels[row]])
    return table.assign(**{"class": labels}), {int(row) + 1 for row in chosen}


def measured(table: pd.DataFrame, wrong: set[int], seed: int) -> tuple[Counts, Counts]:
    """Labels found, found rightly, and flipped in the training set: by the run, by cleanlab."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        table.to_csv(path, index=False)
        spec = make_spec(
            "influence", NETWORK | {"data": str(path), "target": "class", "split_seed": seed}
        )
        result = run_job(spec, Reporter())
        assert isinstance(result, InfluenceResult)
        train = preprocess(load(spec), spec).train
    there = wrong & set(train.rows.tolist())
    own = {found.row for found in result.suspects}
    return counts(own, there), counts(_by_cleanlab(train.x[:], train.y, train.rows), there)


def counts(found: set[int], wrong: set[int]) -> Counts:
    """How many were found, how many of these are wrong, and how many are wrong."""
    return len(found), len(found & wrong), len(wrong)


def _by_cleanlab(x: Any, y: Any, rows: Any) -> set[int]:
    from cleanlab.filter import find_label_issues

    model = MLPClassifier(
        tuple(NETWORK["hidden_layers"]), max_iter=NETWORK["epochs"], random_state=0,
        batch_size=NETWORK["batch_size"], learning_rate_init=0.001,
    )  # fmt: skip
    with warnings.catch_warnings():
        # it stops after the epochs that it was given
        warnings.simplefilter("ignore")
        said = cross_val_predict(model, x, y, cv=FOLDS, method="predict_proba")
        found = find_label_issues(y, said)
    return set(rows[found].tolist())


def main() -> None:
    """Print precision and recall of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=5, help="flips of each table")
    flips = parser.parse_args().tables
    runtime.set_up(THREADS)
    print(f"{'':16}{'run influence':>24}{'cleanlab':>24}\n{'':16}" + "   precision      recall" * 2)
    total = np.zeros((2, 3), int)
    for name, table in tables():
        sums = np.sum([measured(*flipped(table, seed), seed) for seed in range(flips)], axis=0)
        total += sums
        print(f"{name:16}{_shares(sums)}", flush=True)
    print(f"{'all':16}{_shares(total)}")


def _shares(sums: Any) -> str:
    return "".join(
        f"{right / max(1, found):12.1%}{right / max(1, wrong):12.1%}"
        for found, right, wrong in sums
    )


if __name__ == "__main__":
    main()
