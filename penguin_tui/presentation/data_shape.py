"""What is known of a run before it begins: inputs, classes, rows, steps.

The data decide these figures, so they come from runs that have already looked
at the same data; nothing is assumed where there is none.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.kinds import load_spec, varies
from engine.results.describe import DescribeResult
from engine.runs.state import RunState, fold
from engine.specs.data import DataSpec, fraction_of
from engine.specs.kinds.describe import DescribeSpec
from engine.specs.run_spec import RunSpec
from engine.store import queries

if TYPE_CHECKING:
    from engine.store.store import Store

# where a description of the same data is looked for
RECENT_RUNS = 200
# the settings that change figures a description gives for others
_READING = (
    "data", "target", "features", "exclude", "include", "exclude_ids", "datetimes", "day_first",
    "rare_classes", "column_types", "delimiter", "quote", "encoding",
    "decimal", "header",
)  # fmt: skip

# of dates and times become as many features, where all of their parts vary
PARTS_OF_MOMENTS = 8


@dataclass(frozen=True, slots=True)
class Shape:
    """Prepared features, classes and rows of the training set; `exact` if seen, not derived."""

    features: int
    classes: int
    training_rows: int
    exact: bool = True

    def steps(self, batch_size: int) -> int:
        """Optimizer steps in one epoch."""
        return max(1, math.ceil(self.training_rows / batch_size))


def known_shape(store: "Store", spec: RunSpec) -> Shape | None:
    """The shape of the data of `spec`, from the newest run or description that tells, or None."""
    derived: Shape | None = None
    for data, state in _described(store):
        same = data.data_spec == spec.data_spec
        if not same and (derived is not None or not _same_table(data, spec)):
            continue
        found = shape_of(state(), spec, same)
        if found is not None and found.exact:
            return found
        derived = derived or found
    return derived


def _described(store: "Store") -> Iterator[tuple[RunSpec, Callable[[], RunState]]]:
    """Settings of whatever has looked at data, and what it came to, the newest first."""
    for arguments, body in queries.kept_answers(store, "describe"):
        spec = load_spec(arguments)
        yield spec, lambda body=body: RunState(result=DescribeResult.model_validate_json(body))  # type: ignore[misc]
    for record in store.runs()[:RECENT_RUNS]:
        # kinds of many trainings have many events to read, and know no more of the data
        if not record.last_event or varies(record.kind) or record.unreadable is not None:
            continue
        if record.spec.chooses_data:
            yield (
                record.spec,
                lambda record=record: fold(RunState(), store.events(record.id)[1]),  # type: ignore[misc]
            )


def _same_table(data: RunSpec, spec: RunSpec) -> bool:
    if not isinstance(data, DescribeSpec):
        return False
    return all(getattr(data, name) == getattr(spec, name) for name in _READING)


def shape_of(state: RunState, spec: DataSpec, same: bool) -> Shape | None:
    """The shape that a run tells; `same` says that its data are prepared as `spec` has it."""
    data, result = state.data, state.result
    if same and data is not None:
        return Shape(len(data.features), len(data.classes), data.split_rows.get("train", 0))
    if not isinstance(result, DescribeResult):
        return None
    if not same:
        return derived_shape(result, spec)
    features, rows = len(result.preprocessed_features), result.split_rows.get("train", 0)
    return Shape(features, len(result.classes), rows)


def derived_shape(result: DescribeResult, spec: DataSpec) -> Shape:
    """What another preparation or split of described data comes to.

    One-hot categories are not `exact`: the training set may lack some.
    """
    coded = spec.protocol == "as_published" or spec.category_encoding == "ordinal"
    features, exact = 0, True
    for column in result.columns:
        if column.role != "feature":
            continue
        if column.type == "datetime":
            features, exact = features + PARTS_OF_MOMENTS, False
            continue
        if column.type == "numeric" or coded:
            features += 1
            continue
        own = column.missing > 0 and spec.missing_categories == "separate_category"
        features += max(1, min(column.distinct + own, spec.max_categories or column.distinct + own))
        exact = False
    return Shape(features, len(result.classes), _training_rows(result, spec), exact)


def _training_rows(result: DescribeResult, spec: DataSpec) -> int:
    if spec.protocol == "as_published":
        rows = sum(rows for _, rows in result.classes)
        return rows - math.ceil(rows * spec.test_fraction)
    return sum(
        max(
            1,
            rows
            - fraction_of(rows, spec.test_fraction)
            - fraction_of(rows, spec.validation_fraction),
        )
        for _, rows in result.classes
    )
