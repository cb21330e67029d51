"""Whether the rows are fit to judge by."""

import numpy as np
from scipy.stats import poisson

from engine.data.datasets import duplicates_of
from engine.data.leakage import possible_leakage
from engine.data.types import codes_of, columns_at
from engine.jobs.checks.evidence import Evidence, Measured, NotMeasured, points

# half of an interval that is too wide to tell by
TOO_WIDE = 0.05
# duplicates beyond this fraction of the validation rows, and how surely beyond chance
DUPLICATES, SURE = 0.01, 0.001


def too_few_validation_rows(evidence: Evidence) -> Measured | None:
    """The interval of the validation accuracy is wide."""
    own = evidence.validation
    half = (own.accuracy.high - own.accuracy.low) / 2
    if half <= TOO_WIDE:
        return None
    return Measured(
        half,
        f"{own.rows:,} validation rows tell the accuracy to ±{points(half)} (95 % interval):"
        " smaller differences cannot be told",
    )


def possible_leak(evidence: Evidence) -> Measured | None:
    """One column alone tells the class of nearly every row."""
    evidence.reporter.phase("looking for leakage")
    found = possible_leakage(evidence.table, evidence.split, evidence.reporter.check)
    if not found:
        return None
    first = next(iter(found.values()))[1]
    more = f" So do {len(found) - 1:,} more." if len(found) > 1 else ""
    return Measured(float(len(found)), f"{first.rstrip('.')}.{more}".rstrip("."))


def duplicates_across_sets(evidence: Evidence) -> Measured | None:
    """Validation rows that are also training rows, more than equal values by chance make."""
    table, validation = evidence.table, evidence.validation_rows
    if table.fingerprints is None:
        raise NotMeasured("the table is too large to compare its rows")
    found = duplicates_of(table.fingerprints, evidence.split.train, validation)
    expected = len(validation) * _chance_of_twin(evidence)
    rare = poisson.sf(found - 1, expected) < SURE
    if found < max(1.0, DUPLICATES * len(validation)) or not rare:
        return None
    by_chance = f"; equal values by chance would make {expected:.1g}"
    return Measured(
        found / len(validation),
        f"{found:,} of {len(validation):,} validation rows are also in the training set{by_chance}",
    )


def _chance_of_twin(evidence: Evidence) -> float:
    """How likely a row equals a training row if the columns had nothing to do with each other."""
    table, train = evidence.table, evidence.split.train
    names = (*table.features, table.target)
    logs = 0.0
    for column in columns_at(table.frame, names, evidence.reporter.check, train):
        values = codes_of(column) if hasattr(column, "cat") else column.to_numpy()
        _, counts = np.unique(values, return_counts=True)
        logs += float(np.log(np.square(counts / counts.sum()).sum()))
    return float(-np.expm1(-len(train) * np.exp(logs)))
