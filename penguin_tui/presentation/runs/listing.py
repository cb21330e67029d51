"""Which runs are listed, and in what order, as filter, keys and titles of columns have chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from engine.store.records import RunRecord
from penguin_tui.presentation.data_text import is_of
from penguin_tui.presentation.data_text import label as data_label
from penguin_tui.presentation.runs.columns import BY_NAME, RunColumn
from penguin_tui.presentation.runs.filter import RunFilter
from penguin_tui.presentation.runs_list import OF_CHOICE, arranged, is_experiment
from penguin_tui.presentation.text import counted

_USUAL = BY_NAME["validation"]
BY_TEST = (
    "By test accuracy: the best of many is optimistic (selection bias). "
    "Choose by validation accuracy; the test set only measures the choice."
)


@dataclass(frozen=True)
class Listing:
    """By which column, `descending` or not, and which: `of_choice` of the chosen data alone."""

    chosen: RunFilter = field(default_factory=RunFilter)
    column: RunColumn = _USUAL
    descending: bool = True
    of_choice: bool = False

    def by(self, column: RunColumn) -> Self:
        """By a column, the way it is usually read."""
        return replace(self, column=column, descending=column.descending)

    def turned(self) -> Self:
        """The other way round."""
        return replace(self, descending=not self.descending)

    def beside(self, columns: Sequence[RunColumn], step: int) -> Self:
        """By the column so many places to the right of the present one, round the edge."""
        names = [one.column.name for one in columns]
        now = names.index(self.name) if self.name in names else 0
        return self.by(columns[(now + step) % len(columns)])

    def among(self, columns: Sequence[RunColumn]) -> Self:
        """By the usual column, where the present one is not among those that are shown."""
        known = self.name in (one.column.name for one in columns)
        return self if known else replace(self, column=_USUAL)

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.column.column.name

    @property
    def is_narrowed(self) -> bool:
        """Whether some runs may be left out."""
        return bool(self.chosen) or self.of_choice

    @property
    def is_by_test(self) -> bool:
        """Whether the order or the filter looks at the test set."""
        return self.name.startswith("test") or "test_accuracy" in self.chosen.names

    def shown(
        self, records: Sequence[RunRecord], choice: Mapping[str, Any], now: float
    ) -> list[RunRecord]:
        """The runs that are listed; `choice` are the chosen data."""
        found = arranged(records, self.chosen, self.column, self.descending, now)
        return [r for r in found if is_of(r, choice)] if self.of_choice else found

    def line(
        self, shown: int, records: Sequence[RunRecord], choice: Mapping[str, Any], marked: str,
        keys: str,
    ) -> str:  # fmt: skip
        """Below the table: how many of `records` are shown and by what, and which keys change it.

        `marked` are words about those that are to be compared; empty without any.
        """
        if self.is_by_test:
            return BY_TEST
        runs = sum(map(is_experiment, records))
        found = f"{shown:,} of {runs:,}" if self.is_narrowed else counted(runs, "run")
        here = f"{OF_CHOICE} {data_label(choice)}{' only' if self.of_choice else ''}"
        largest = "largest first", "smallest first"
        ways = largest if self.column.descending else ("backwards", "in order")
        order = f"by {self.column.title}, {ways[not self.descending]} ({keys})"
        return " · ".join(filter(None, (marked, found, here, order)))
