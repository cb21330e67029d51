"""What can be done to a column of the data: each change with its name and what it is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.results.describe import ColumnFacts
from penguin_tui.data.data_choice import with_excluded, with_other_type, with_target


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """`made` gives the choice of data after it; `refusal` says why it cannot be done to a target.

    Without a refusal there is nothing to do to one.
    """

    name: str
    title: str
    about: str
    made: Callable[[Mapping[str, Any], ColumnFacts], dict[str, Any]]
    refusal: str = ""


def changes_of(column: ColumnFacts) -> dict[str, ColumnChange]:
    """The changes of a column by their names, in the order in which they are offered."""
    other = "categorical" if column.type == "numeric" else "numeric"
    changes = (
        ColumnChange(
            "target", "Target", "Predict this column.",
            lambda choice, column: with_target(choice, column.name),
        ),
        ColumnChange(
            "type", other.capitalize(), f"Read this column as {other}.", with_other_type,
            "The target is always categorical.",
        ),
        ColumnChange(
            "exclude", "Exclude", "Exclude it from the features, or include it again.",
            with_excluded, "The target cannot be excluded: choose another target first.",
        ),
    )  # fmt: skip
    return {change.name: change for change in changes}
