"""What every job does first: read the data, keep a copy, split and preprocess it."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.data.cells import read_cells
from engine.data.datasets import PreprocessedData, preprocess
from engine.data.load import ReadCells, load
from engine.data.table import Table
from engine.jobs.phases.memory_needed import refuse_too_large
from engine.runs.events import DataReady
from engine.runs.reporter import DataUsed, Reporter
from engine.specs.data import PENGUINS, DataSpec
from engine.specs.network import NetworkSpec
from engine.specs.varying import VaryingSpec

# a private copy is kept of files up to this size, of larger ones the hash alone
COPIED_BYTES = 20 * 1024 * 1024
# features of a column on average from which on their number is worth a line
MANY_FEATURES = 2
AS_PUBLISHED = (
    "As published (data leakage): the test set is scaled by its own range and also steers the"
    " training. Its figures are optimistic and not comparable with strict ones; a run of"
    " leaks shows how much each leak flatters."
)


def read(spec: DataSpec, reporter: Reporter, cells: ReadCells = read_cells) -> Table:
    """Read the file, its cells by `cells`, and report what is noteworthy about it."""
    progress = progress_of(reporter)
    progress(0.0)
    table = load(spec, progress, cells)
    for note in table.notes:
        reporter.warn(note)
    sha256 = table.file.sha256
    reporter.emit(DataUsed(sha256, _copy(spec, sha256), table.test_sha256 or None))
    reporter.check()
    return table


def read_and_preprocess(spec: DataSpec, reporter: Reporter) -> PreprocessedData:
    """Read, split and preprocess the data; the test set comes held out."""
    table = read(spec, reporter)
    reporter.phase("preparing the data")
    prepared = preprocess(table, spec, reporter.check)
    for note in prepared.notes:
        reporter.warn(note)
    features, columns = len(prepared.feature_names), len(table.features)
    if features > MANY_FEATURES * columns:
        made = "1 column becomes" if columns == 1 else f"{columns:,} columns become"
        reporter.note(f"{made} {features:,} features.")
    if isinstance(spec, NetworkSpec):
        refuse_too_large(spec, prepared)
    if spec.protocol == "as_published":
        reporter.warn(AS_PUBLISHED)
    if sentence := _large_batch(spec, prepared.split_rows["train"]):
        reporter.warn(sentence)
    reporter.emit(data_ready(prepared))
    reporter.check()
    return prepared


def data_ready(prepared: PreprocessedData) -> DataReady:
    """What is reported of the preprocessed data."""
    told = (prepared.validation or prepared.train).y
    return DataReady(
        features=prepared.feature_names,
        classes=prepared.class_names,
        split_rows=prepared.split_rows,
        majority_accuracy=float(np.bincount(told).max() / len(told)),
    )


def _large_batch(spec: DataSpec, rows: int) -> str:
    """A sentence on a batch that takes in the whole training set; empty where none does."""
    if not isinstance(spec, NetworkSpec):
        return ""
    largest = spec.highest("batch_size") if isinstance(spec, VaryingSpec) else spec.batch_size
    if largest <= rows:
        return ""
    return (
        f"batch_size: {largest:,} is above the {rows:,} rows of the training set: an epoch is one"
        " optimizer step."
    )


def progress_of(reporter: Reporter, doing: str = "reading the data") -> Callable[[float], None]:
    """Heeds a stop meanwhile, and shows what it is `doing` and the fraction done once a second."""
    reported: float | None = None

    def tick(fraction: float) -> None:
        nonlocal reported
        reporter.check()
        if reported is None or time.monotonic() - reported >= 1.0:
            done = "" if reported is None else f" ({fraction:.0%})"
            reported = time.monotonic()
            reporter.phase(f"{doing}{done}")

    return tick


def _copy(spec: DataSpec, sha256: str) -> bytes | None:
    """The file's bytes for the private copy, if it is small and still what was read."""
    if spec.data == PENGUINS or Path(spec.data).stat().st_size > COPIED_BYTES:
        return None
    body = Path(spec.data).read_bytes()
    return body if hashlib.sha256(body).hexdigest() == sha256 else None
