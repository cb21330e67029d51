"""What nested cross-validation says of a search: what it claims, and what it is worth."""

from collections import Counter
from typing import Any

from engine.results.statistics import Band
from engine.specs.base import Frozen


class OuterFold(Frozen):
    """The whole search on the training rows of outer fold `number`, from 0.

    `inner` is the selection score of its best trial, `outer` the accuracy of that trial's network
    on the fold, of which the search has seen nothing; `settings` are those that won.
    """

    number: int
    inner: float
    outer: float
    settings: dict[str, Any]


class Nested(Frozen):
    """Means over the outer folds, as fractions; `optimism` is `inner` less `outer`, fold by fold.

    The band of the optimism has no bounds where all folds agree.
    """

    inner: Band
    outer: Band
    optimism: Band
    folds: tuple[OuterFold, ...]
    planned: int

    @property
    def wins(self) -> dict[str, list[tuple[Any, int]]]:
        """Of each setting the values that won, each with how often; the most frequent first."""
        names = dict.fromkeys(name for fold in self.folds for name in fold.settings)
        return {
            name: Counter(_value(fold.settings.get(name)) for fold in self.folds).most_common()
            for name in names
        }

    def json_object(self) -> dict[str, Any]:
        """Its entry under `nested`."""
        bands = {"inner": self.inner, "outer": self.outer, "optimism": self.optimism}
        ends: dict[str, Any] = {}
        for name, band in bands.items():
            ends |= {name: band.mean, f"{name}_low": band.low, f"{name}_high": band.high}
        return ends | {
            "wins": {
                name: [{"value": value, "folds": times} for value, times in values]
                for name, values in self.wins.items()
            },
            "folds": [fold.model_dump(mode="json") for fold in self.folds],
            "outer_folds": self.planned,
        }


def _value(value: Any) -> Any:
    """A value that can be counted: JSON has lists for tuples."""
    return tuple(value) if isinstance(value, list) else value
