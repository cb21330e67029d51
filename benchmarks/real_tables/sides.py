"""A table's two sides: what the program, and what plain scikit-learn, classify rightly."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.tables import peak_gigabytes
from engine.kinds import make_spec
from engine.results.interval import Interval
from engine.results.predictions import PREDICTIONS, Predictions, SetName
from engine.results.statistics import wilson
from engine.runs.events import Note
from engine.runs.reporter import Artefact, Emitted, Reporter

# rows from which on a network takes large batches, and scikit-learn's stops early
MANY = 10_000
EPOCHS = 60
# on few rows the epoch of the best accuracy is one of chance, that of the least loss is not
STOPPING = {"monitor": "val_loss", "patience": 10}


@dataclass(frozen=True, slots=True)
class Side:
    """What one side came to; `right` has a 1 for each test row that it classifies rightly."""

    model: str
    seconds: float
    gigabytes: float
    right: tuple[int, ...]
    notes: tuple[str, ...] = ()

    @property
    def accuracy(self) -> Interval:
        """On the test rows."""
        return wilson(sum(self.right), len(self.right))


class Kept(Reporter):
    """Keeps what a run notes, and what it says of each row."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, None] = {}
        self.predictions = b""

    def emit(self, item: Emitted) -> None:
        """Take a note, or what was predicted."""
        if isinstance(item, Note):
            self.told[item.text] = None
        elif isinstance(item, Artefact) and item.name == PREDICTIONS:
            self.predictions = item.body

    def right(self, name: SetName) -> list[int]:
        """A 1 for each row of a set that is classified rightly, in the order of the file."""
        rows = Predictions.from_bytes(self.predictions).sets[name].each()
        return [int(actual == max(range(len(p)), key=p.__getitem__)) for _, actual, p in rows]


def simplest(baseline: Sequence[int], network: Sequence[int]) -> str:
    """The kind that is chosen by the validation rows that each has right.

    The baseline, unless the network is better by more than one standard error of the difference.
    """
    gains = np.subtract(network, baseline)
    error = gains.std(ddof=1) / len(gains) ** 0.5
    return "train" if gains.mean() > error else "baseline"


def ours(path: str, target: str) -> Side:
    """The baseline and a network, in this process."""
    from engine.environment.machine import usable_threads
    from engine.jobs import run_job
    from engine.trainer import runtime

    runtime.set_up(usable_threads())
    data: dict[str, Any] = {"data": path, "target": target, "rare_classes": "exclude"}
    network: dict[str, Any] = {"hidden_layers": [100], "epochs": EPOCHS, "early_stopping": STOPPING}
    with Path(path).open(encoding="utf-8") as file:
        if sum(1 for _ in file) > MANY:
            network["batch_size"] = 256
    begun = time.process_time()
    runs = {"baseline": Kept(), "train": Kept()}
    for kind, more in (("baseline", {}), ("train", network)):
        run_job(make_spec(kind, {**data, **more}), runs[kind])
    seconds = time.process_time() - begun
    best = simplest(*(run.right("validation") for run in runs.values()))
    told = dict.fromkeys(note for run in runs.values() for note in run.told)
    return Side(best, seconds, peak_gigabytes(), tuple(runs[best].right("test")), tuple(told))


def plain(path: str, target: str, chosen: str) -> Side:
    """A plain pipeline with the features and rows that are written down in `chosen`."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    choice = json.loads(Path(chosen).read_text(encoding="utf-8"))
    begun = time.process_time()
    frame = pd.read_csv(path)
    x, y = frame[choice["features"]], frame[target].astype(str)
    numbers = [name for name in x if pd.api.types.is_numeric_dtype(x[name])]
    texts = [name for name in x if name not in numbers]
    train, test = choice["train"], choice["test"]
    models = {
        "logistic": LogisticRegression(max_iter=1000),
        "MLP": MLPClassifier(random_state=0, early_stopping=len(frame) > MANY, max_iter=EPOCHS),
    }
    right = {}
    rows = sorted(test)
    for name, model in models.items():
        encoded = make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            (OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=50), texts),
        )
        pipeline = make_pipeline(encoded, model).fit(x.iloc[train], y.iloc[train])
        right[name] = (pipeline.predict(x.iloc[rows]) == y.iloc[rows]).astype(int).tolist()
    seconds = time.process_time() - begun
    best = max(right, key=lambda name: sum(right[name]))
    return Side(best, seconds, peak_gigabytes(), tuple(right[best]))


def choose(path: str, target: str, chosen: Path) -> None:
    """Write down the features, and the rows of the sets, that the program learns with."""
    from engine.data.load import load
    from engine.data.splits.split import split
    from engine.specs.data import DataSpec

    spec = DataSpec(data=path, target=target, rare_classes="exclude")
    table = load(spec)
    sets = split(table, spec)
    rows = {"train": sets.train, "test": sets.test}
    found = {name: (table.rows[index] - 1).tolist() for name, index in rows.items()}
    chosen.write_text(json.dumps({"features": table.features, **found}), encoding="utf-8")


def side_of(*arguments: str) -> Side:
    """Work in a process of its own; raises SystemExit with what it said where it fails."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.real_tables", "--side", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
    fields = json.loads(done.stdout.splitlines()[-1])
    right, notes = tuple(fields["right"]), tuple(fields["notes"])
    return Side(**{**fields, "right": right, "notes": notes})
