"""What can be exported of a run, one entry each: the command's options come from here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from engine.exports.csv_tables import (
    epochs_csv,
    misclassified_csv,
    nothing,
    predictions_csv,
    split_csv,
    state_of,
)
from engine.results.search import ReproduceResult
from engine.store.records import RunRecord
from engine.store.store import Store


@dataclass(frozen=True, slots=True)
class Export:
    """A file that can be written of a run.

    `option` is its name on the command line (`old_options` are accepted as
    well), `ending` that of the file, with its dot, which is only insisted on
    where `strict_ending` says that the file cannot be read under another.
    `body` makes the file; it raises `NothingToExport` where the run has none.
    """

    option: str
    ending: str
    help: str
    body: Callable[[Store, RunRecord], bytes]
    old_options: tuple[str, ...] = ()
    strict_ending: bool = False


def _artefact(store: Store, record: RunRecord, *, name: str, noun: str) -> bytes:
    body = store.artefact(record.id, name)
    if body is None:
        raise nothing(record, noun)
    return body


def _report(store: Store, record: RunRecord) -> bytes:
    result = state_of(store, record).result
    if not isinstance(result, ReproduceResult):
        raise nothing(record, "report")
    return result.report.encode("utf-8", "replace")


EXPORTS = (
    Export(
        "model", ".keras", "The trained network or baseline, for Keras.",
        partial(_artefact, name="model.keras", noun="network"), strict_ending=True,
    ),
    Export(
        "preprocessing", ".json", "How the features were preprocessed.",
        # stored under the name that it had in 0.1.0
        partial(_artefact, name="preparation.json", noun="preprocessing"),
        old_options=("preparation",),
    ),
    Export("split", ".csv", "The set (train, validation, test) of every row.", split_csv),
    Export("predictions", ".csv", "The probabilities of every row.", predictions_csv),
    Export("epochs", ".csv", "The figures of every epoch.", epochs_csv),
    Export("misclassified", ".csv", "The misclassified rows.", misclassified_csv),
    Export("report", ".md", "The report of a reproduction.", _report),
)  # fmt: skip
