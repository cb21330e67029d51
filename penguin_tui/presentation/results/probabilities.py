"""What the probabilities of a classifier are worth: figures by set and class, and what to keep."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.results.decision_rule import DecisionRule, scaled_probability
from engine.results.probabilities import (
    DEFAULT_THRESHOLD,
    Costs,
    Matrix,
    ProbabilityFigures,
    ThresholdChoice,
    Thresholds,
)
from engine.results.scores import Scored
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, line, muted
from penguin_tui.presentation.text import (
    NOTHING,
    clipped,
    count,
    counted,
    figure,
    interval,
    percent,
    shortened,
)
from penguin_tui.presentation.words import SETS, SHORT_SETS

LABEL = 16
NOT_YET = "The probabilities are shown when the run has finished."
RERUN = "This run has no figures of its probabilities: rerun it to see this."
# what a missed row costs, and one that is called positive wrongly
COSTS = tuple(Costs(*pair) for pair in ((1, 1), (2, 1), (5, 1), (10, 1), (1, 2), (1, 5), (1, 10)))
CROSS_VALIDATED = "cross-validated"


@dataclass(frozen=True, slots=True)
class ThresholdLook:
    """The threshold that is looked at, in percent, and what errors cost."""

    threshold: int = DEFAULT_THRESHOLD
    costs: Costs = COSTS[0]


def figures_of(state: RunState) -> ProbabilityFigures | None:
    """The figures of a run, if it has any."""
    return state.result.probabilities if isinstance(state.result, Scored) else None


def missing(record: RunRecord, state: RunState) -> str:
    """What is said where there are no figures."""
    return RERUN if isinstance(state.result, Scored) else NOT_YET


def probability_blocks(record: RunRecord, state: RunState, brief: bool) -> Iterator[Block]:
    """Everything that the tab shows, the threshold at its default."""
    found = figures_of(state)
    if found is None:
        return
    yield sets_block(found)
    yield classes_block(found)
    yield reliability_block(found)
    yield from choice_blocks(record, found, ThresholdLook())


def choice_blocks(
    record: RunRecord, found: ProbabilityFigures, look: ThresholdLook
) -> Iterator[Block]:
    """What can be chosen: the threshold as it is looked at, the temperature, and what is kept."""
    if found.thresholds is not None:
        yield threshold_block(found.thresholds, look)
    yield Block(lines=(*temperature_lines(found), *rule_lines(record.decision_rule)))


def choice_object(
    record: RunRecord, found: ProbabilityFigures, look: ThresholdLook
) -> dict[str, Any]:
    """The same for a program."""
    rule, own = record.decision_rule, found.temperature
    return {
        "run": record.id,
        "decision_rule": None if rule is None else rule.model_dump(mode="json"),
        "threshold": None if found.thresholds is None else _threshold(found.thresholds, look),
        "temperature": None if own is None else {
            "temperature": own.temperature,
            "log_loss": found.sets[found.of].log_loss,
            "log_loss_scaled": own.log_loss,
            "gain": own.gain.value, "gain_low": own.gain.low, "gain_high": own.gain.high,
            "helps": found.helpful_temperature is not None,
        },
    }  # fmt: skip


def _threshold(found: Thresholds, look: ThresholdLook) -> dict[str, Any]:
    own = _matrix_at(found, look)
    cells = own.matrix
    return {
        "positive": found.positive,
        "percent": look.threshold,
        "cross_validated": own.cross_validated,
        "true_positive": cells.true_positive,
        "false_negative": cells.false_negative,
        "false_positive": cells.false_positive,
        "true_negative": cells.true_negative,
        "cost": cells.cost(look.costs),
        "cheapest": own.choice.threshold,
    }


def sets_block(found: ProbabilityFigures) -> Block:
    """The scores of probabilities, by set, and what of the calibration error is chance."""
    rows = tuple(
        (
            SHORT_SETS[name],
            figure(own.log_loss, 3),
            figure(own.brier, 3),
            f"{own.ece:.3f}",
            NOTHING if own.roc_auc is None else f"{own.roc_auc:.3f}",
        )
        for name, own in found.sets.items()
    )
    own = found.sets[found.of]
    title = f"Probabilities, {counted(own.rows, f'{SETS[found.of]} row')}"
    header = ("set", "log loss", "Brier", "ECE", "AUC")
    chance = muted(f"If they were true: ECE {own.ece_chance:.3f} (p = {own.ece_p:.2g}).")
    return Block(title, header=header, rows=rows, notes=(chance,))


def classes_block(found: ProbabilityFigures) -> Block:
    """The area under the ROC curve of each class, and its average precision."""
    rows = tuple(
        (
            label,
            count(own.rows),
            NOTHING if own.roc_auc is None else f"{own.roc_auc:.3f}",
            NOTHING if own.average_precision is None else f"{own.average_precision:.3f}",
        )
        for label, own in zip(
            shortened([own.label for own in found.classes], LABEL), found.classes, strict=True
        )
    )
    header = ("class", "rows", "ROC AUC", "AP")
    return Block("One class against the rest", header=header, rows=rows)


def reliability_block(found: ProbabilityFigures) -> Block:
    """How often the predicted class is right, by its probability."""
    rows = tuple(
        (
            f"{own.low} to {own.high} %",
            count(own.rows),
            percent(own.confidence),
            interval(own.accuracy),
        )
        for own in found.bins
    )
    title = f"Reliability, {SETS[found.of]} set"
    header = ("probability", "rows", "mean", "right, 95 % over rows")
    return Block(title, header=header, rows=rows)


def threshold_block(found: Thresholds, look: ThresholdLook) -> Block:
    """The confusion matrix at a threshold, its costs, and the threshold of the least cost.

    The threshold that the rows choose is shown with the rows that did not choose it.
    """
    choice, matrix, cross_validated = _matrix_at(found, look)
    positive, negative = clipped(found.positive, LABEL), clipped(found.negative, LABEL)
    rows = (
        (positive, count(matrix.true_positive), count(matrix.false_negative)),
        (negative, count(matrix.false_positive), count(matrix.true_negative)),
    )
    how = CROSS_VALIDATED if cross_validated else "validation rows"
    return Block(
        f"{positive} from {_shown(look.threshold)} on ({how})",
        header=("actual ↓  predicted →", positive, negative),
        rows=rows,
        notes=tuple(_cost_lines(found, look, matrix, choice.judged, choice.threshold)),
    )


class _At(NamedTuple):
    """What a threshold comes to."""

    choice: ThresholdChoice
    matrix: Matrix
    cross_validated: bool


def _matrix_at(found: Thresholds, look: ThresholdLook) -> _At:
    choice = found.choose(look.costs)
    chosen = look.threshold == choice.threshold != DEFAULT_THRESHOLD
    return _At(choice, choice.judged if chosen else found.matrix(look.threshold), chosen)


def _cost_lines(
    found: Thresholds, look: ThresholdLook, matrix: Matrix, judged: Matrix, chosen: int
) -> Iterator[Line]:
    costs = look.costs
    yield line(
        f"Costs: missed {costs.missed:g}, false {costs.false_alarm:g};"
        f" {figure(matrix.cost(costs), 3)} a row."
    )
    if judged.cost(costs) < found.matrix(DEFAULT_THRESHOLD).cost(costs):
        cheapest = figure(judged.cost(costs), 3)
        yield muted(f"Cheapest: {_shown(chosen)}, {cheapest} ({CROSS_VALIDATED}).")
    else:
        yield muted(f"No threshold is cheaper than {_shown(DEFAULT_THRESHOLD)}.")


def temperature_lines(found: ProbabilityFigures) -> Iterator[Line]:
    """What temperature scaling comes to on rows that did not choose it."""
    own = found.temperature
    if own is None:
        return
    if found.all_right:
        yield muted("No temperature: none of these rows is wrong, so that they do")
        yield muted("not say where being surer is too sure.")
        return
    before, gain = found.sets[found.of], own.gain
    yield line(
        f"Temperature {own.temperature:.2f}: log loss {figure(before.log_loss, 3)} →"
        f" {figure(own.log_loss, 3)},"
    )
    yield line(f"{CROSS_VALIDATED}: it {'helps' if own.helps else 'does not help'}.")
    ends = f"{figure(gain.low, 2)} to {figure(gain.high, 2)}"
    yield muted(f"Gain a row: {figure(gain.value, 2)} (95 %: {ends}).")


def rule_lines(rule: DecisionRule | None) -> Iterator[Line]:
    """What is kept with the run, and applied by whatever predicts with its model."""
    if rule is None:
        return
    parts = []
    if rule.threshold is not None:
        parts.append(f"{clipped(rule.positive, LABEL)} from {100 * rule.threshold:.3g} % on")
    if rule.temperature != 1.0:
        parts.append(f"temperature {rule.temperature:.2f}")
    yield line(f"Kept: {', '.join(parts)}.")


def rule_of(found: ProbabilityFigures, look: ThresholdLook) -> DecisionRule | None:
    """What is kept of the look: the temperature where it helps, the threshold unless it is usual.

    None where there is neither.
    """
    temperature = found.helpful_temperature or 1.0
    if found.thresholds is None or look.threshold == DEFAULT_THRESHOLD:
        return DecisionRule(temperature=temperature) if temperature != 1.0 else None
    threshold = scaled_probability(look.threshold / 100, temperature)
    return DecisionRule(
        temperature=temperature, threshold=threshold, positive=found.thresholds.positive
    )


def _shown(threshold: int) -> str:
    return f"{threshold} %"
