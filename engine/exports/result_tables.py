"""What a kind of run comes to as a table: for each type of result what makes its rows."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from engine.exports.csv_tables import Table, nothing, state_of
from engine.results.base import RunResult
from engine.results.describe import DescribeResult
from engine.results.evaluate import EvaluateResult
from engine.results.influence import InfluenceResult
from engine.results.leaks import LeaksResult
from engine.results.learning_curve import LearningCurveResult
from engine.results.nested import OuterFold
from engine.results.scores import BaselineResult, Scored
from engine.results.search import SearchResult, SweepResult
from engine.store.records import RunRecord
from engine.store.store import Store

Row = Mapping[str, Any]


def result_table(store: Store, record: RunRecord) -> Table:
    """The models of an evaluation, the points of a curve, the columns of the data, and the like.

    Raises `NothingToExport` of a run without a result, or with one that has no such table.
    """
    rows = result_rows(state_of(store, record).result)
    if not rows:
        raise nothing(record, "table of results")
    head = list(dict.fromkeys(name for row in rows for name in row))
    return head, [[row.get(name) for name in head] for row in rows]


def result_rows(result: RunResult | None) -> list[Row]:
    """The cells of each row by the names of the columns; none where there is no such table."""
    return [row for kind, rows_of in _ROWS.items() if isinstance(result, kind)
            for row in rows_of(result)]  # fmt: skip


def confusion_table(store: Store, record: RunRecord) -> Table:
    """A row for each set, actual and predicted class, with the number of rows."""
    result = state_of(store, record).result
    if not isinstance(result, Scored):
        raise nothing(record, "confusion matrix")
    labels = result.confusion.labels
    return ("split", "actual", "predicted", "rows"), [
        (name, labels[actual], labels[predicted], count)
        for name in ("train", "validation", "test")
        for actual, counts in enumerate(getattr(result.confusion, name) or ())
        for predicted, count in enumerate(counts)
    ]


def _band(found: Any, name: str = "") -> Row:
    """The mean and its ends; None where there are none."""
    before = f"{name}_" if name else ""
    return {f"{before}{part}": getattr(found, part, None) for part in ("mean", "low", "high")}


def _learning_curve(result: LearningCurveResult) -> Iterator[Row]:
    measured = [(one.model, result.sizes, one.points, False) for one in result.models]
    more = result.extrapolation
    beyond = [(one.model, more.sizes, one.points, True) for one in more.models] if more else []
    for model, sizes, points, extrapolated in (*measured, *beyond):
        for size, point in zip(sizes, points, strict=True):
            yield {"model": model, "training_rows": size, "extrapolated": extrapolated,
                   **_band(point)}  # fmt: skip


def _influence(result: InfluenceResult) -> Iterator[Row]:
    for own in result.suspects:
        yield {"list": "suspect", **own.model_dump(exclude={"values"}), **own.values}
    for name in ("teaching", "misleading"):
        for effect in getattr(result, name):
            yield {"list": name, "row": effect.row, "label": effect.label,
                   **_band(effect.rise, "rise"), **effect.values}  # fmt: skip


def _evaluate(result: EvaluateResult) -> Iterator[Row]:
    for own in result.models:
        scores = {name: band.mean for name, band in own.metrics.items() if band is not None}
        yield {"model": own.model, **_band(own.accuracy), **_band(own.difference, "difference"),
               "verdict": own.verdict, "holm_p": own.holm_p, **scores}  # fmt: skip


def _sweep(result: SweepResult) -> Iterator[Row]:
    for point in result.points:
        yield {result.setting: point.value, **_band(point.train, "train"),
               **_band(point.validation, "validation"), "diverged": point.diverged}  # fmt: skip


def _outer_folds(result: SearchResult) -> Iterator[Row]:
    for fold in result.nested.folds if result.nested is not None else ():
        yield _outer_fold(fold)


def _outer_fold(fold: OuterFold) -> Row:
    return {"fold": fold.number, "inner": fold.inner, "outer": fold.outer, **fold.settings}


def _coefficients(result: BaselineResult) -> Iterator[Row]:
    # of two classes there are coefficients for the second alone
    labels = result.confusion.labels[-len(result.coefficients) :]
    features = zip(result.features, zip(*result.coefficients, strict=True), strict=True)
    for name, values in (("(intercept)", result.intercepts), *features):
        yield {"feature": name, **dict(zip(labels, values, strict=True))}


def _columns(result: DescribeResult) -> Iterator[Row]:
    for column in result.columns:
        everything = next((one for one in column.statistics if not one.label), None)
        numbers = everything.model_dump(exclude={"label", "rows"}) if everything else {}
        yield column.model_dump(include={"name", "role", "type", "missing", "distinct"}) | numbers


def _leaks(result: LeaksResult) -> Iterator[Row]:
    return (leak.json_object() for leak in result.leaks)


_ROWS: Final[dict[type[RunResult], Callable[[Any], Iterator[Row]]]] = {
    LearningCurveResult: _learning_curve, InfluenceResult: _influence, EvaluateResult: _evaluate,
    SweepResult: _sweep, SearchResult: _outer_folds, BaselineResult: _coefficients,
    DescribeResult: _columns, LeaksResult: _leaks,
}  # fmt: skip
