"""Sizes of a learning curve, and its points with their intervals, against plain formulas."""

import itertools
import math
import statistics

import numpy as np
import pytest
from scipy.stats import t

from engine.kinds import make_spec
from engine.planning.learning_curve import (
    further_sizes,
    model_curves,
    planned,
    round_number,
    training_sizes,
)
from engine.runs.events import DataReady, Event, TrialEnded, TrialStarted
from engine.runs.state import RunState, fold
from engine.specs.kinds.learning_curve import LearningCurveSpec


def test_sizes_grow_by_the_same_factor_up_to_all_rows() -> None:
    sizes = training_sizes(220, 3, 10)
    assert sizes[0] == 15
    assert sizes[-1] == 220
    assert len(sizes) == 10
    factors = [after / before for before, after in itertools.pairwise(sizes)]
    assert max(factors) / min(factors) < 1.1


@pytest.mark.parametrize("rows", [3, 4, 9, 30])
def test_few_rows_have_fewer_sizes(rows: int) -> None:
    sizes = training_sizes(rows, 3, 10)
    assert sizes[-1] == rows
    assert sizes == tuple(sorted(set(sizes)))
    assert sizes[0] >= 3


def test_the_extrapolation_stops_at_three_times_the_rows() -> None:
    sizes = further_sizes(220)
    assert (sizes[0], sizes[-1]) == (220, 660)


@pytest.mark.parametrize(("rows", "told"), [(220, 200), (1999, 1000), (5000, 5000), (9, 5)])
def test_more_rows_are_a_round_number(rows: int, told: int) -> None:
    assert round_number(rows) == told


def test_points_are_means_over_repeats_with_the_corrected_interval() -> None:
    spec = make_spec("learning_curve", {"repeats": 4, "sizes": 4})
    assert isinstance(spec, LearningCurveSpec)
    draw = np.random.default_rng(0)
    parts = {"train": 200, "validation": 75, "test": 69}
    events: list[Event] = [DataReady(features=("a",), classes=("x", "y"), split_rows=parts)]
    figures: dict[str, list[list[float]]] = {"network": [], "logistic": []}
    for trial in planned(spec):
        own = [float(v) for v in 0.8 + 0.02 * draw.normal(size=4)]
        events.append(TrialStarted(trial=trial.number, settings=trial.settings, epochs=20))
        scores = {"validation": own, "seconds": (0.5,) * 4, "rows": (20, 50, 110, 220)}
        ended = {name: tuple(values) for name, values in scores.items()}
        if trial.number == 7:
            # the last repeat of the second model is under way
            continue
        figures[trial.model].append(own)
        events.append(TrialEnded(trial=trial.number, status="finished", scores=ended))
    network, logistic = model_curves(spec, fold(RunState(), events))
    assert (network.repeats, logistic.repeats) == (4, 3)
    assert network.seconds == 8.0
    for place, point in enumerate(network.points):
        values = [repeat[place] for repeat in figures["network"]]
        # 55 rows are scored for 220 that learn
        half = t.ppf(0.975, 3) * statistics.stdev(values) * math.sqrt(1 / 4 + 55 / 220)
        assert point.mean == pytest.approx(statistics.mean(values))
        assert point.low == pytest.approx(statistics.mean(values) - half)
        assert point.covers == "splits"
