"""Several runs side by side: the value that the command line, the screen and JSON show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.comparison.outcome import Outcome, read_outcome
from engine.comparison.pairs import Pair, all_pairs
from engine.comparison.settings import differing
from engine.runs.state import RunState, fold
from engine.store.records import RunRecord
from engine.store.store import Store

LEAST, MOST = 2, 8


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs in the order in which they were named.

    `settings` has the values by run of those that differ; `pairs` every two of the runs.
    """

    outcomes: tuple[Outcome, ...]
    settings: dict[str, dict[int, Any]]
    pairs: tuple[Pair, ...]

    def outcome(self, run: int) -> Outcome:
        """One of the runs."""
        return next(one for one in self.outcomes if one.run == run)

    def pair(self, a: int, b: int) -> Pair:
        """Two of the runs, as seen from `a`."""
        return next(one for one in self.pairs if {one.a, one.b} == {a, b}).seen_from(a)


def compare(outcomes: Sequence[Outcome]) -> Comparison:
    """What the outcomes say of each other."""
    settings = differing([one.record for one in outcomes])
    return Comparison(tuple(outcomes), settings, all_pairs(outcomes))


def compared_runs(store: Store, records: Iterable[RunRecord]) -> Comparison:
    """Read these runs from the store, and compare them."""
    states = ((one, fold(RunState(), store.events(one.id)[1])) for one in records)
    return compare([read_outcome(store, record, state) for record, state in states])
