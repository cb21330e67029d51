"""The measurement of every check, and looking for all of them."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from engine.jobs.checks.evidence import Evidence, Measured, NotMeasured
from engine.jobs.checks.fit import overfit, still_improving, underfit
from engine.jobs.checks.predictions import badly_calibrated, class_never_predicted
from engine.jobs.checks.rows import duplicates_across_sets, possible_leak, too_few_validation_rows
from engine.jobs.checks.search import best_at_edge
from engine.jobs.checks.simpler_models import (
    not_better_than_logistic,
    not_better_than_majority,
    one_feature_suffices,
)
from engine.results.checks import CHECKS, CheckReport, Finding

# by the code of each entry of `engine.results.checks.CHECKS`; None where nothing is found
MEASURES: Final[Mapping[str, Callable[[Evidence], Measured | None]]] = {
    "possible_leakage": possible_leak,
    "not_better_than_majority": not_better_than_majority,
    "duplicates_across_sets": duplicates_across_sets,
    "overfit": overfit,
    "underfit": underfit,
    "class_never_predicted": class_never_predicted,
    "badly_calibrated": badly_calibrated,
    "best_at_edge": best_at_edge,
    "still_improving": still_improving,
    "too_few_validation_rows": too_few_validation_rows,
    "not_better_than_logistic": not_better_than_logistic,
    "one_feature_suffices": one_feature_suffices,
}


def look_for(evidence: Evidence, ignored: Collection[str] = ()) -> CheckReport:
    """Look for all findings but those `ignored`; raises `Stopped` when it is to end."""
    findings, not_measured = [], {}
    for check in CHECKS:
        if check.code in ignored:
            continue
        evidence.reporter.check()
        try:
            found = MEASURES[check.code](evidence)
        except NotMeasured as why:
            not_measured[check.code] = str(why)
            continue
        if found is not None:
            findings.append(
                Finding(
                    code=check.code, severity=check.severity, text=found.text,
                    figure=found.figure, remedy=check.remedy,
                )
            )  # fmt: skip
    return CheckReport(
        run=evidence.record.id,
        findings=tuple(findings),
        ignored=tuple(check.code for check in CHECKS if check.code in ignored),
        not_measured=not_measured,
    )
