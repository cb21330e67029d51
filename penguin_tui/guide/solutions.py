"""What is right in the guide's questions: pure functions of what the reader's own run came to.

Each takes the spec and the folded state of a run, of a look at the data one with its result, and
returns None where that run has no answer, so that an earlier one is looked at.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import get_args

from engine.planning.stopping_rule import best_epoch
from engine.results.describe import ColumnFacts, DescribeResult
from engine.results.evaluate import EvaluateResult
from engine.results.scores import NetworkResult, Scored
from engine.results.search import SweepResult
from engine.results.statistics import Verdict
from engine.runs.ranking import best_trial, mean_score, score_std
from engine.runs.state import RunState
from engine.specs.classifiers import CLASSIFIERS, NETWORK
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.specs.kinds.searches import CrossValidatedSpec, HyperbandSpec
from engine.specs.kinds.train import TrainSpec
from engine.specs.presets import TRAIN_PRESETS
from engine.specs.run_spec import RunSpec
from engine.specs.schedules import Constant
from engine.specs.typed_text import show
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import NO_BREAK, band, bounds, count, figure, percent

# columns whose shares are listed, the largest first
FEW = 4


@dataclass(frozen=True, slots=True)
class Solution:
    """What is right: a number, give or take `tolerance`, or one of the words of `choices`.

    `figures` fill the placeholders of the text that explains it; `answer` is among them.
    """

    value: float | str
    figures: Mapping[str, str]
    tolerance: float = 0.0
    choices: tuple[str, ...] = field(default=())


def majority(spec: RunSpec, state: RunState) -> Solution | None:
    """The percentage of rows of the most frequent class."""
    data = state.result
    if not isinstance(data, DescribeResult):
        return None
    rows = sum(own for _, own in data.classes)
    label, most = max(data.classes, key=lambda found: found[1])
    figures = {"rows": count(rows), "most": count(most), "label": label}
    return _number(100 * most / rows, percent(most / rows), figures, tolerance=0.6)


def separating_column(spec: RunSpec, state: RunState) -> Solution | None:
    """The numeric feature of which the classes explain the largest share of the variance."""
    data = state.result
    if not isinstance(data, DescribeResult):
        return None
    shares = {c.name: _explained(c) for c in data.columns if c.role == "feature" and c.statistics}
    if len(shares) < 2 or len(data.classes) < 2:
        return None
    first, *others = sorted(shares, key=lambda name: -shares[name])
    listed = ", ".join(f"{name} {100 * shares[name]:.0f} %" for name in (first, *others[: FEW - 1]))
    figures = {"answer": first, "shares": listed}
    return Solution(first, figures, choices=tuple(shares))


def _explained(column: ColumnFacts) -> float:
    """Eta squared (Fisher 1925) of a column over the classes, from their means and deviations."""
    own = [one for one in column.statistics if one.label]
    mean = sum(s.rows * s.mean for s in own) / max(1, sum(s.rows for s in own))
    between = sum(s.rows * (s.mean - mean) ** 2 for s in own)
    within = sum((s.rows - 1) * s.std**2 for s in own if s.rows > 1)
    return between / (between + within) if between + within > 0 else 0.0


def inputs(spec: RunSpec, state: RunState) -> Solution | None:
    """How many preprocessed features there are."""
    data = state.result
    if not isinstance(data, DescribeResult):
        return None
    columns = [column.name for column in data.columns if column.role == "feature"]
    made = {
        name: sum(f == name or f.startswith((f"{name}=", f"{name} ("))
                  for f in data.preprocessed_features)
        for name in columns
    }  # fmt: skip
    number = len(data.preprocessed_features)
    listed = ", ".join(f"{name} {features}" for name, features in made.items())
    figures = {"columns": count(len(columns)), "made": listed}
    return _number(number, count(number), figures)


def one_row(spec: RunSpec, state: RunState) -> Solution | None:
    """The percentage points of test accuracy that one test row is worth."""
    score = state.result.scores.test if isinstance(state.result, Scored) else None
    if score is None:
        return None
    accuracy = score.accuracy
    figures = {
        "rows": count(score.rows),
        "accuracy": percent(accuracy.value),
        "interval": f"{bounds(accuracy.low, accuracy.high)} %",
        "rows_wide": figure((accuracy.high - accuracy.low) * score.rows, 2),
    }
    points = 100 / score.rows
    return _number(points, f"{points:.2f} pp", figures, tolerance=0.06 * max(1.0, points))


def parameters(spec: RunSpec, state: RunState) -> Solution | None:
    """The weights and biases of the network."""
    result, data = state.result, state.data
    if not isinstance(spec, TrainSpec) or not isinstance(result, NetworkResult) or data is None:
        return None
    units = [len(data.features), *(layer.output_shape[-1] for layer in result.layers)]
    layers = list(pairwise(units))
    if sum((before + 1) * own for before, own in layers) != result.parameters:
        return None
    # a term stays on one line
    terms = (f"({before:,} + 1) × {own:,}".replace(" ", NO_BREAK) for before, own in layers)
    working = " + ".join(terms)
    figures = {"inputs": count(units[0]), "outputs": count(units[-1]), "working": working}
    return _number(result.parameters, count(result.parameters), figures)


def alike_values(spec: RunSpec, state: RunState) -> Solution | None:
    """How many values of a sweep have an interval that holds the best mean."""
    result = state.result
    if not isinstance(result, SweepResult):
        return None
    bands = {point.value: point.validation for point in result.points if point.validation}
    best = bands.get(result.best)
    if best is None:
        return None
    alike = [b for b in bands.values() if b.high is not None and b.high >= best.mean]
    setting = setting_label(result.setting)
    figures = {
        "values": count(len(bands)),
        "setting": setting,
        "best": f"{setting} {show(result.best)}",
        "mean": band(best),
        "chosen": f"{setting} {show(result.chosen)}",
        "margin": f"{100 * best.standard_error:.2f} pp",
    }
    return _number(len(alike), count(len(alike)), figures)


def last_rate(spec: RunSpec, state: RunState) -> Solution | None:
    """How many times the learning rate of the post's other networks the last epoch had."""
    rates = state.curve.column("learning_rate")
    if not isinstance(spec, TrainSpec) or isinstance(spec.schedule, Constant) or not len(rates):
        return None
    usual = TRAIN_PRESETS["two-hidden"]["learning_rate"]
    times = rates[-1] / usual
    figures = {
        "first": figure(spec.learning_rate), "last": figure(rates[-1]), "usual": figure(usual),
        "epochs": count(len(rates)), "schedule": spec.schedule.name.replace("_", " "),
        "first_times": figure(spec.learning_rate / usual, 3),
    }  # fmt: skip
    return _number(times, figure(times, 3), figures, tolerance=0.03 * times)


def kept_epoch(spec: RunSpec, state: RunState) -> Solution | None:
    """Of which epoch the weights are that a training with early stopping kept."""
    result = state.result
    rule = spec.early_stopping if isinstance(spec, TrainSpec) else None
    if rule is None or not isinstance(result, NetworkResult):
        return None
    best = best_epoch(rule, state.curve.column(rule.monitor))
    figures = {
        "epochs": count(result.epochs_run),
        "best": count(best),
        "patience": count(rule.patience),
        "monitor": setting_label(rule.monitor),
        "restore": show(rule.restore_best),
    }
    return _number(result.epoch_kept, count(result.epoch_kept), figures)


def alike_trials(spec: RunSpec, state: RunState) -> Solution | None:
    """How many trials score within one standard error of the best."""
    best = best_trial(state)
    score = mean_score(best) if best is not None else None
    if best is None or score is None or not isinstance(spec, CrossValidatedSpec):
        return None
    std, folds = score_std(best) or 0.0, len(best.scores["validation"])
    error = std / math.sqrt(folds)
    scores = [own for trial in state.trials.values() if (own := mean_score(trial)) is not None]
    # equal means may differ in the last place
    alike = sum(own >= score - error - 1e-9 for own in scores)
    figures = {
        "trials": count(len(scores)), "best": percent(score), "sd": f"{100 * std:.1f} pp",
        "folds": count(folds), "error": f"{100 * error:.1f} pp", "limit": percent(score - error),
    }  # fmt: skip
    return _number(alike, count(alike), figures)


def trainings(spec: RunSpec, state: RunState) -> Solution | None:
    """How many networks a search by cross-validation trained."""
    if not isinstance(spec, CrossValidatedSpec):
        return None
    one = f"{spec.trials:,} × {spec.folds:,} + 1"
    nested = f"({one}) × (1 + {spec.outer_folds:,})" if spec.outer_folds else one
    figures = {
        "trials": count(spec.trials),
        "folds": count(spec.folds),
        "outer": count(spec.outer_folds),
        "working": nested,
    }
    number = spec.workload.trainings
    return _number(number, count(number), figures)


def whole_trainings(spec: RunSpec, state: RunState) -> Solution | None:
    """How many of Hyperband's trials were given all the epochs."""
    if not isinstance(spec, HyperbandSpec):
        return None
    groups = Counter(
        trial.group for trial in state.trials.values() if trial.epochs_planned == spec.max_epochs
    )
    number, all_trials = groups.total(), len(state.trials)
    figures = {
        "trials": count(all_trials),
        "max_epochs": count(spec.max_epochs),
        "working": " + ".join(count(own) for own in groups.values()),
        "epochs": count(spec.one_search.epochs),
        "without": count(all_trials * spec.max_epochs),
    }
    return _number(number, count(number), figures)


def conclusion(spec: RunSpec, state: RunState) -> Solution | None:
    """The verdict on the network against the model it is compared with."""
    result = state.result
    if not isinstance(spec, EvaluateSpec) or not isinstance(result, EvaluateResult):
        return None
    models = {model.model: model for model in result.models}
    own, other = models.get(NETWORK), models.get(result.reference)
    if own is None or other is None or own.verdict is None or own.difference is None:
        return None
    ends = own.difference.low, own.difference.high
    difference = f"{100 * own.difference.mean:+.1f} pp"
    if ends[0] is not None and ends[1] is not None:
        difference += f" ({100 * ends[0]:+.1f} … {100 * ends[1]:+.1f})"
    figures = {
        "answer": own.verdict,
        "network": percent(own.accuracy.mean),
        "other": percent(other.accuracy.mean),
        "reference": CLASSIFIERS[result.reference].label,
        "difference": difference,
        "margin": f"{spec.margin:g} pp",
        "folds": count(len(own.scores)),
    }
    return Solution(own.verdict, figures, choices=get_args(Verdict))


def _number(
    value: float, answer: str, figures: Mapping[str, str], tolerance: float = 0.0
) -> Solution:
    return Solution(value, {"answer": answer, **figures}, tolerance)
