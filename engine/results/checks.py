"""The checks of a run, one entry each, and what they find.

The measurement of each is in `engine.jobs.checks`, by its code; `docs/checks.md` has what to do.
"""

from dataclasses import dataclass
from typing import Any, Literal

from engine.specs.base import Frozen

Severity = Literal["info", "warning", "error"]
# from the least to the most severe
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Check:
    """Something that may be wrong with a run; `remedy` is what can be done.

    `key` is the key of a run's view that does it, or leads to it.
    """

    code: str
    severity: Severity
    remedy: str
    key: str


# the most severe first: findings stand in this order
CHECKS = (
    Check("possible_leakage", "error",
          "exclude the column, unless it is known before the class is", "l"),
    Check("not_better_than_majority", "error",
          "other features, more epochs, or a search: these say nothing of the class yet", "l"),
    Check("duplicates_across_sets", "warning",
          "remove the duplicates, or keep rows that belong together in one set (group)", "l"),
    Check("overfit", "warning",
          "early stopping, dropout or L2, or fewer units; more training rows", "l"),
    Check("underfit", "warning",
          "more units or layers, more epochs, a higher learning rate; a search", "l"),
    Check("class_never_predicted", "warning",
          "class_weight balanced, or more rows of the class", "l"),
    Check("badly_calibrated", "warning",
          "keep the temperature where it helps, or train for fewer epochs", "Y"),
    Check("best_at_edge", "warning",
          "widen the search space on that side and search again", "l"),
    Check("still_improving", "warning",
          "more epochs with early stopping, or a higher learning rate", "l"),
    Check("too_few_validation_rows", "info",
          "evaluate on many splits, or give the validation set a larger fraction", "%"),
    Check("not_better_than_logistic", "info",
          "take the simpler model, or evaluate both on many splits", "%"),
    Check("one_feature_suffices", "info",
          "take that feature alone, or see whether it gives the class away", "l"),
)  # fmt: skip
CODES = tuple(check.code for check in CHECKS)


class Finding(Frozen):
    """One thing that is wrong with a run, measured: `text` says what, with the `figure` in it."""

    code: str
    severity: Severity
    text: str
    figure: float
    remedy: str


class CheckReport(Frozen):
    """The findings of a run, in the order of `CHECKS`.

    `ignored` are the codes that were not looked for, `not_measured` says of each code that could
    not be looked for why.
    """

    run: int
    findings: tuple[Finding, ...]
    ignored: tuple[str, ...]
    not_measured: dict[str, str]

    def failing(self, least: Severity) -> tuple[Finding, ...]:
        """The findings that are as severe as `least`, or more."""
        bar = SEVERITIES.index(least)
        return tuple(own for own in self.findings if SEVERITIES.index(own.severity) >= bar)

    def json_object(self) -> dict[str, Any]:
        """What `check --json` prints."""
        return self.model_dump(mode="json")

    def table(self) -> tuple[tuple[str, ...], list[list[Any]]]:
        """What `check --csv` prints: the names, and a row for each finding."""
        return tuple(Finding.model_fields), [list(dict(own).values()) for own in self.findings]
