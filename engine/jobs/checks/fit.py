"""Whether the run has learnt too much, too little, or not for long enough."""

import numpy as np
from scipy.stats import fisher_exact, linregress

from engine.jobs.checks.evidence import Evidence, Measured, NotMeasured, as_text, percent, points
from engine.specs.network import NetworkSpec

# a gap between training and validation accuracy that is worth a finding, and its level
GAP, LEVEL = 0.05, 0.001
# the last epochs that are looked at: a fifth, and so many at least
LAST, LEAST_EPOCHS = 0.2, 5
# what the validation loss has to fall by over them, as a fraction and in nats, and how surely
FALLS, FALLS_NATS, SURE = 0.05, 0.005, 1e-4


def overfit(evidence: Evidence) -> Measured | None:
    """The training accuracy is above the validation accuracy, by more than chance."""
    train, validation = evidence.scored.scores.train, evidence.validation
    gap = train.accuracy.value - validation.accuracy.value
    counts = [
        [round(own.accuracy.value * own.rows), round((1 - own.accuracy.value) * own.rows)]
        for own in (train, validation)
    ]
    p = float(fisher_exact(counts, alternative="greater").pvalue)
    if gap < GAP or p >= LEVEL:
        return None
    return Measured(
        gap,
        f"training accuracy {percent(train.accuracy.value)}, validation"
        f" {percent(validation.accuracy.value)}: {points(gap)} apart ({as_text(p)})",
    )


def underfit(evidence: Evidence) -> Measured | None:
    """Gradient boosting on the same rows is better, and the training rows are not learnt either."""
    beside = evidence.beside("gradient_boosting")
    p, gain = beside.other_better_p, -beside.difference
    if p >= LEVEL or overfit(evidence) is not None:
        return None
    return Measured(
        gain,
        f"gradient boosting is {points(gain)} better on the same validation rows ({as_text(p)}),"
        f" and training accuracy is {percent(evidence.scored.scores.train.accuracy.value)}",
    )


def still_improving(evidence: Evidence) -> Measured | None:
    """The validation loss still falls over the last epochs of a training that did all of them."""
    spec, curve = evidence.record.spec, evidence.state.curve
    if not isinstance(spec, NetworkSpec) or evidence.state.plan is not None or not len(curve):
        raise NotMeasured("it is not one training with its curve")
    last = max(LEAST_EPOCHS, round(LAST * len(curve)))
    losses = np.array(curve.column("val_loss", last))
    if curve.last_epoch < spec.epochs or len(losses) < LEAST_EPOCHS:
        return None
    if not np.isfinite(losses).all() or losses.argmin() < len(losses) - 2:
        return None
    line = linregress(np.arange(len(losses)), losses, alternative="less")
    falls = -float(line.slope) * len(losses)
    if line.pvalue >= SURE or falls < max(FALLS_NATS, FALLS * losses[0]):
        return None
    return Measured(
        falls,
        f"validation loss still fell by {falls:.3f} (to {losses[-1]:.3f}) over the last"
        f" {len(losses):,} of {curve.last_epoch:,} epochs",
    )
