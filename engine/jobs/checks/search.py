"""Whether the search space was wide enough."""

import math
from typing import Any

from engine.jobs.checks.evidence import Evidence, Measured, NotMeasured
from engine.planning.importance import importances
from engine.runs.ranking import best_trial, mean_score, own_settings
from engine.specs.fields import setting_at
from engine.specs.network import NetworkSpec
from engine.specs.search_space import Dimension, Range
from engine.specs.varying import VaryingSpec

# of a range: its last part on either side is its edge
EDGE = 0.05
LEAST_TRIALS = 5


def best_at_edge(evidence: Evidence) -> Measured | None:
    """The best value lies at an edge of the search space, and scores rise toward that edge."""
    spec, state = evidence.record.spec, evidence.state
    best = best_trial(state)
    scored = [one for one in state.trials.values() if mean_score(one) is not None]
    if not isinstance(spec, VaryingSpec) or best is None or len(scored) < LEAST_TRIALS:
        raise NotMeasured(f"it is not a search with {LEAST_TRIALS} trials and more")
    settings = [own_settings(one.settings) for one in scored]
    scores = [mean_score(one) or 0.0 for one in scored]
    ends = {name: _end(name, own, best.settings.get(name)) for name, own in spec.vary.items()}
    for found in importances([n for n, end in ends.items() if end], settings, scores):
        toward = found.value is not None and found.value * ends[found.setting] > 0
        if toward and found.chance is not None and abs(found.value or 0.0) > found.chance:
            value, side = best.settings[found.setting], "high" if found.value > 0 else "low"  # type: ignore[operator]
            return Measured(
                float(value),
                f"the best {found.setting} is {value:g}, at the {side} end of the search space, and"
                f" scores rise toward it (ρ = {found.value:.2f}; chance {found.chance:.2f})",
            )
    return None


def _end(name: str, dimension: Dimension, value: Any) -> int:
    """1 where a number lies at the high end of what was searched, -1 at the low end, else 0.

    Not where the setting itself ends there.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    if isinstance(dimension, Range):
        low, high, log = dimension.low, dimension.high, dimension.scale == "log"
    else:
        numbers = [v for v in dimension.values if isinstance(v, int | float)]
        if len(numbers) < len(dimension.values) or len(numbers) < 3:
            return 0
        low, high, log = min(numbers), max(numbers), False
    place = _place(value, low, high, log=log)
    margin = EDGE if isinstance(dimension, Range) else 0.0
    end = 1 if place >= 1 - margin else -1 if place <= margin else 0
    info = setting_at(NetworkSpec, name)
    names = ("le", "lt") if end > 0 else ("ge", "gt")
    bounds = [] if info is None else [info.bounds[name] for name in names if name in info.bounds]
    return 0 if any(math.isclose(bound, high if end > 0 else low) for bound in bounds) else end


def _place(value: float, low: float, high: float, *, log: bool) -> float:
    """From 0 at the low end to 1 at the high end."""
    if log:
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)
