"""What a run has as tables, and CSV files that no spreadsheet takes for a program."""

import csv
import io
from collections.abc import Iterable, Sequence

from engine.errors import NothingToExport
from engine.results.evaluate import EvaluateResult
from engine.results.predictions import predicted_class
from engine.results.scores import Scored
from engine.results.split_rows import unpacked
from engine.runs.events import FOLD_KEYS
from engine.runs.figures import COLUMNS
from engine.runs.ranking import mean_score, score_std
from engine.runs.state import RunState, fold
from engine.store.predictions import predictions_of
from engine.store.records import RunRecord
from engine.store.store import Store

# what a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# the names of the columns, and the rows
Table = tuple[Sequence[str], Iterable[Sequence[object]]]


def epochs_table(store: Store, record: RunRecord) -> Table:
    """A row for each epoch of each trial; raises `NothingToExport` when there are none."""
    state = state_of(store, record)
    rows = [
        (*divmod(key, FOLD_KEYS), chunk.first + i, *(column[i] for column in chunk.columns))
        for key, curve in state.curves.items()
        # epochs of outer folds are counted, and have no figures
        if state.plan is None or key // FOLD_KEYS < state.plan.trials
        for chunk in curve.chunks
        for i in range(len(chunk))
    ]
    if not rows:
        raise nothing(record, "epochs")
    return ("trial", "fold", "epoch", *COLUMNS), rows


def trials_table(store: Store, record: RunRecord) -> Table:
    """A row for each trial: its settings, and its scores over folds or seeds."""
    state = state_of(store, record)
    if state.plan is None or not state.trials:
        raise nothing(record, "trials")
    trials = list(state.trials.values())
    settings = list(dict.fromkeys(name for trial in trials for name in trial.settings))
    sets = list(dict.fromkeys(name for trial in trials for name in trial.scores))
    head = ("trial", "group", "status", "epochs", *settings, "mean", "std", *sets)
    rows = [
        (
            trial.number, trial.group, trial.status, trial.epochs,
            *(_joined(trial.settings.get(name)) for name in settings),
            mean_score(trial), score_std(trial),
            *(_joined(trial.scores.get(name)) for name in sets),
        )
        for trial in trials
    ]  # fmt: skip
    return head, rows


def _joined(value: object) -> object:
    """A list with blanks between, as in the CSV of runs."""
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value


def folds_table(store: Store, record: RunRecord) -> Table:
    """A row for each model and fold of an evaluation, in the order of the folds."""
    result = state_of(store, record).result
    if not isinstance(result, EvaluateResult):
        raise nothing(record, "folds")
    rows = [
        (one.model, place, score)
        for one in result.models
        for place, score in enumerate(one.scores, start=1)
    ]
    return ("model", "fold", "accuracy"), rows


def misclassified_table(store: Store, record: RunRecord) -> Table:
    """A row for each misclassified row that was kept; raises `NothingToExport` without a result."""
    result = state_of(store, record).result
    if not isinstance(result, Scored):
        raise nothing(record, "misclassified rows")
    columns = list(dict.fromkeys(name for item in result.misclassified for name in item.values))
    head = ("row", "split", "actual", "predicted", "probability", *columns)
    rows = [
        (
            item.row, item.split, item.actual, item.predicted, item.probability,
            *(item.values.get(name) for name in columns),
        )
        for item in result.misclassified
    ]  # fmt: skip
    return head, rows


def split_table(store: Store, record: RunRecord) -> Table:
    """A row for each data row of the file, which count from 1, with the set it fell into."""
    body = store.artefact(record.id, "split.bin")
    if body is None:
        raise nothing(record, "split")
    return ("row", "split"), enumerate(unpacked(body), start=1)


def predictions_table(store: Store, record: RunRecord) -> Table:
    """A row for each row that was predicted, with the probability of each class."""
    found = predictions_of(store, record.id)
    if found is None:
        raise nothing(record, "predictions (rerun it to keep them)")
    names = found.classes
    head = ("row", "split", "actual", "predicted", *(f"probability:{name}" for name in names))
    rows = (
        (row, name, names[actual], "" if best is None else names[best], *probabilities)
        for name, own in found.sets.items()
        for row, actual, probabilities in own.each()
        for best in (predicted_class(probabilities),)
    )
    return head, rows


def nothing(record: RunRecord, noun: str) -> NothingToExport:
    """The error of a run that has none of what was to be exported."""
    return NothingToExport(f"Run {record.id} ({record.kind}, {record.status}) has no {noun}.")


def state_of(store: Store, record: RunRecord) -> RunState:
    """Everything the run has reported."""
    return fold(RunState(), store.events(record.id)[1])


def to_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8; NaN and None are empty cells, text cannot be a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([safe_cell(name) for name in head])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def safe_cell(value: object) -> object:
    """A cell as it may stand in a CSV: numbers stay, text that looks like a formula is marked."""
    if isinstance(value, float) and value != value:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) and not _number(value):
        return "'" + value
    return value


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii()
