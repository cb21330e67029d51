"""Whether its predictions and their probabilities are to be believed."""

import numpy as np

from engine.jobs.checks.evidence import (
    NO_VALIDATION,
    RERUN,
    Evidence,
    Measured,
    NotMeasured,
    as_text,
)
from engine.sources.encoding import shown

# rows of a class without which nothing can be said of its predictions
LEAST_ROWS = 10
# a calibration error beyond what chance makes, and how surely
TOO_LARGE, SURE = 0.02, 0.005


def class_never_predicted(evidence: Evidence) -> Measured | None:
    """A class of some rows is predicted for none of the training and validation rows."""
    confusion = evidence.scored.confusion
    found = [own for own in (confusion.train, confusion.validation) if own is not None]
    counts = np.sum(found, axis=0)
    rows, predicted = counts.sum(axis=1), counts.sum(axis=0)
    never = np.flatnonzero((predicted == 0) & (rows >= LEAST_ROWS))
    if not len(never):
        return None
    label, more = shown(confusion.labels[never[0]]), len(never) - 1
    also = f" (nor {more:,} more)" if more else ""
    return Measured(
        float(rows[never].sum()),
        f"class {label}{also} is never predicted; {int(rows[never].sum()):,} of {int(rows.sum()):,}"
        " training and validation rows are of it",
    )


def badly_calibrated(evidence: Evidence) -> Measured | None:
    """The calibration error on the validation rows is larger than chance makes it."""
    figures = evidence.scored.probabilities
    if figures is None:
        raise NotMeasured(RERUN)
    if figures.of != "validation":
        raise NotMeasured(NO_VALIDATION)
    own = figures.sets["validation"]
    if own.ece - own.ece_chance < TOO_LARGE or own.ece_p >= SURE:
        return None
    return Measured(
        own.ece,
        f"expected calibration error {own.ece:.3f} on the validation rows, {own.ece_chance:.3f} if"
        f" the probabilities were true ({as_text(own.ece_p)})",
    )
