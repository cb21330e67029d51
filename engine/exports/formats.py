"""What can be exported of a run, one entry each: the command's options come from here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from engine.exports.csv_tables import (
    Table,
    epochs_table,
    folds_table,
    misclassified_table,
    nothing,
    predictions_table,
    split_table,
    state_of,
    to_csv,
    trials_table,
)
from engine.exports.result_tables import confusion_table, result_table
from engine.results.search import ReproduceResult
from engine.store.records import RunRecord
from engine.store.store import Store


@dataclass(frozen=True, slots=True)
class Export:
    """A file that can be written of a run.

    `option` is its name on the command line (`old_options` are accepted as
    well), `ending` that of the file, with its dot, which is only insisted on
    where `strict_ending` says that the file cannot be read under another.
    `body` makes the file; it raises `NothingToExport` where the run has none. Where there is none a
    process of its own does (`engine.client.exporting`), for it takes heavy libraries; `place` is
    then what it is written to, a file unless it says otherwise.
    """

    option: str
    ending: str
    help: str
    body: Callable[[Store, RunRecord], bytes] | None = None
    # of a table its rows, which a path that ends in .parquet has as Parquet
    table: Callable[[Store, RunRecord], Table] | None = None
    old_options: tuple[str, ...] = ()
    strict_ending: bool = False
    place: str = ""
    needs_network: bool = False

    def refuse_missing(self, store: Store, record: RunRecord) -> None:
        """Raise `NothingToExport` where it takes a network, and the run has kept none."""
        if self.needs_network and store.artefact(record.id, "model.keras") is None:
            raise nothing(record, "network")

    @property
    def metavar(self) -> str:
        """What stands for the path in the help."""
        return self.place or f"FILE{self.ending}{f'|{PARQUET}' if self.table else ''}"

    def file_name(self, run: int) -> str:
        """What the file of a run is called where nobody says otherwise."""
        if self.place:
            return self.option if self.place == "DIR" else f"run-{run}.zip"
        return f"run-{run}-{self.option}{self.ending}" if self.body else f"run-{run}{self.ending}"


PARQUET = ".parquet"


def _table(option: str, about: str, rows: Callable[[Store, RunRecord], Table]) -> Export:
    return Export(
        option, ".csv", about, lambda store, record: to_csv(*rows(store, record)), table=rows
    )


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
        "model", ".keras", "Network or baseline, for Keras.",
        partial(_artefact, name="model.keras", noun="network"), strict_ending=True,
    ),
    Export(
        "preprocessing", ".json", "How the features were preprocessed.",
        # stored under the name that it had in 0.1.0
        partial(_artefact, name="preparation.json", noun="preprocessing"),
        old_options=("preparation",),
    ),
    Export("bundle", "", "Predicts and trains without this program.", place="DIR|FILE.zip",
           needs_network=True),
    Export("onnx", ".onnx", "Network and preprocessing, for ONNX.", strict_ending=True,
           needs_network=True),
    Export("litert", ".tflite", "The network, for LiteRT (TF Lite).", strict_ending=True,
           needs_network=True),
    Export("tensorboard", "", "Curves, settings, confusion matrices.", place="DIR"),
    Export("notebook", ".ipynb", "The run as a Jupyter notebook.", strict_ending=True,
           needs_network=True),
    _table("split", "The set of every row.", split_table),
    _table("predictions", "The probabilities of every row.", predictions_table),
    _table("epochs", "The figures of every epoch.", epochs_table),
    _table("trials", "The trials of a sweep or search.", trials_table),
    _table("folds", "The scores of an evaluation, fold by fold.", folds_table),
    _table("confusion", "The confusion matrices.", confusion_table),
    _table("results", "What it came to, as a table.", result_table),
    _table("misclassified", "The misclassified rows.", misclassified_table),
    Export("report", ".md", "The report of a reproduction.", _report),
)  # fmt: skip
