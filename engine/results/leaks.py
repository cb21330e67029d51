"""What leakage shown on purpose results in: how much each leak alone flatters."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator

from engine.results.base import RunResult
from engine.results.statistics import Band
from engine.specs.base import Frozen


@dataclass(frozen=True, slots=True)
class LeakInfo:
    """A leak: what is done wrong and what instead, and when data cannot have it.

    `published` says whether the post's way (`as_published`) has it.
    """

    name: str
    label: str
    leaking: str
    honest: str
    absent: str = ""
    published: bool = False


LEAKS: Final[dict[str, LeakInfo]] = {
    info.name: info
    for info in (
        LeakInfo(
            "preprocessing", "scaling and imputing on all rows",
            "scales and fill values are learnt from the test rows, too",
            "they are learnt from the training rows",
            absent="no number is scaled and none is missing", published=True,
        ),
        LeakInfo(
            "stopping", "early stopping on the test set",
            "the epoch is chosen on the test rows",
            "it is chosen on rows kept from training",
            absent="a training of one epoch has nothing to choose from", published=True,
        ),
        LeakInfo(
            "selection", "selecting settings on the test set",
            "the best learning rate is chosen on the test rows",
            "it is chosen on rows kept from training", published=True,
        ),
        LeakInfo(
            "duplicates", "duplicates across the sets",
            "a fraction of the test rows is in the training set, too",
            "no test row is",
        ),
        LeakInfo(
            "features", "selecting features before splitting",
            "the features are selected on all rows",
            "they are selected on the training rows",
            absent="there are no more features than would be kept",
        ),
    )
}  # fmt: skip


def _known(name: str) -> str:
    if name not in LEAKS:
        raise ValueError(f"{name!r} is no leak that is known here")
    return name


class LeakEffect(Frozen):
    """One leak over the splits: test accuracy without it and with it, and the difference.

    `name` is one of `LEAKS`; a result with another, of a later version, is refused as it is read.
    `flatters` is the accuracy with the leak less that without, split by split; as a fraction.
    """

    name: Annotated[str, AfterValidator(_known)]
    honest: Band
    leaking: Band
    flatters: Band

    def json_object(self) -> dict[str, Any]:
        """Its entry under `leaks`."""
        found: dict[str, Any] = {"leak": self.name, "splits": self.flatters.repeats}
        for name in ("honest", "leaking", "flatters"):
            band: Band = getattr(self, name)
            found |= {name: band.mean, f"{name}_low": band.low, f"{name}_high": band.high}
        return found


class LeaksResult(RunResult):
    """Every leak that these data can have; those they cannot are not among them."""

    kind: Literal["leaks"] = "leaks"
    leaks: tuple[LeakEffect, ...]
    splits: int

    @property
    def absent(self) -> tuple[LeakInfo, ...]:
        """The leaks that these data cannot have."""
        return absent(self.leaks)

    def json_object(self) -> dict[str, Any]:
        """The leaks, marked as shown on purpose, and why others are not among them."""
        return {
            "leaks": [leak.json_object() for leak in self.leaks],
            "not_applicable": {info.name: info.absent for info in self.absent},
            "leak_shown_on_purpose": True,
        }


def absent(effects: tuple[LeakEffect, ...]) -> tuple[LeakInfo, ...]:
    """The leaks that are not among `effects`, of which there is one at least."""
    known = {effect.name for effect in effects}
    return tuple(info for name, info in LEAKS.items() if name not in known)
