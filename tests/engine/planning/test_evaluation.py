"""What an evaluation says: intervals, differences, verdicts and luck, against plain formulas."""

import math
import statistics

import numpy as np
import pytest
from scipy.stats import t

from engine.kinds import make_spec
from engine.planning.evaluation import luck, model_scores, planned
from engine.runs.events import DataReady, Event, TrialEnded, TrialStarted
from engine.runs.state import RunState, fold
from engine.specs.kinds.evaluate import EvaluateSpec

FOLDS, REPEATS = 5, 4


def spec(**fields: object) -> EvaluateSpec:
    found = make_spec("evaluate", {"folds": FOLDS, "repeats": REPEATS, **fields})
    assert isinstance(found, EvaluateSpec)
    return found


def evaluated(own: EvaluateSpec, leave_out: tuple[int, ...] = ()) -> RunState:
    """Trials with accuracies drawn around a mean for each model."""
    draw = np.random.default_rng(0)
    means = {"network": 0.95, "logistic": 0.90, "majority": 0.4, "knn": 0.9}
    parts = {"train": 60, "validation": 20, "test": 20}
    events: list[Event] = [DataReady(features=("a",), classes=("x", "y"), split_rows=parts)]
    for trial in planned(own):
        folds = 1 if trial.repeat is None else FOLDS
        accuracies = tuple(float(v) for v in means[trial.model] + 0.02 * draw.normal(size=folds))
        scores = {"validation": accuracies, "log_loss": (0.1,) * folds, "seconds": (0.5,) * folds}
        events.append(
            TrialStarted(trial=trial.number, settings=trial.settings, epochs=20, group=trial.model)
        )
        if trial.number not in leave_out:
            events.append(TrialEnded(trial=trial.number, status="finished", scores=scores))
    return fold(RunState(), events)


def corrected(values: list[float]) -> tuple[float, float, float]:
    """Mean and 95 % interval after Nadeau and Bengio (2003), equation 9."""
    n, mean = len(values), statistics.mean(values)
    variance = (1 / n + 1 / (FOLDS - 1)) * statistics.variance(values)
    half = t.ppf(0.975, n - 1) * math.sqrt(variance)
    return mean, mean - half, mean + half


def test_each_model_has_its_folds_in_order_with_the_corrected_interval() -> None:
    own = spec()
    state = evaluated(own)
    network, logistic, majority = model_scores(own, state)
    trials = [state.trials[t.number] for t in planned(own)[: 3 * REPEATS]]
    assert network.scores == tuple(
        value for t in trials if t.group == "network" for value in t.scores["validation"]
    )
    assert len(network.scores) == FOLDS * REPEATS
    mean, low, high = corrected(list(network.scores))
    assert network.accuracy.mean == pytest.approx(mean)
    assert network.accuracy.low == pytest.approx(low)
    assert network.accuracy.high == pytest.approx(min(1.0, high))
    assert network.accuracy.covers == "splits"
    assert network.seconds == 0.5 * FOLDS * REPEATS
    assert network.metrics["log_loss"] is not None
    assert network.metrics["brier"] is None
    assert logistic.difference is None
    assert logistic.verdict is None
    assert majority.verdict == "worse"


def test_differences_are_paired_fold_by_fold() -> None:
    own = spec()
    network, logistic, _ = model_scores(own, evaluated(own))
    pairs = [a - b for a, b in zip(network.scores, logistic.scores, strict=True)]
    mean, low, high = corrected(pairs)
    assert network.difference is not None
    found = network.difference
    assert (found.mean, found.low, found.high) == pytest.approx((mean, low, high))
    assert network.verdict == ("better" if low > 0 else "undecided")


def test_the_margin_decides_what_is_equivalent() -> None:
    own = spec(models=["network", "logistic"], margin=50)
    assert model_scores(own, evaluated(own))[0].verdict == "equivalent"


def test_while_it_runs_only_repeats_that_both_have_are_compared() -> None:
    own = spec()
    # the network's second repeat is under way
    state = evaluated(own, leave_out=(3,))
    network, logistic, _ = model_scores(own, state)
    assert len(network.scores) == FOLDS * (REPEATS - 1)
    assert len(logistic.scores) == FOLDS * REPEATS
    assert network.difference is not None
    assert network.difference.repeats == FOLDS * (REPEATS - 1)


def test_the_reference_is_what_was_asked_for_or_the_first_but_the_network() -> None:
    assert spec().compared_with == "logistic"
    assert spec(models=["network", "knn"]).compared_with == "knn"
    assert spec(reference="network").compared_with == "network"


def test_luck_has_its_percentile_and_tells_split_from_seed() -> None:
    own = spec()
    state = evaluated(own)
    found = luck(own, state)
    assert found is not None
    network = model_scores(own, state)[0]
    below = sum(v < found.own for v in network.scores)
    assert found.percentile == pytest.approx(100 * below / len(network.scores))
    first = [t for t in planned(own) if t.model == "network" and t.repeat == 0]
    assert len(first) == 5
    of_seeds = [state.trials[t.number].scores["validation"] for t in first]
    seeds = statistics.mean(statistics.variance(fold) for fold in zip(*of_seeds, strict=True))
    assert found.sd_seed == pytest.approx(math.sqrt(seeds))
    rest = max(0.0, statistics.variance(network.scores) - seeds)
    assert found.sd_split == pytest.approx(math.sqrt(rest))


def test_without_the_network_there_is_no_luck() -> None:
    own = spec(models=["logistic", "majority"])
    assert luck(own, evaluated(own)) is None
    assert own.epochs_planned == 0
