"""What the splits of a leakage run say: how much each leak alone flatters.

Pure functions of the spec and the folded state, as those of `engine.planning.evaluation`. A trial
is one split; its scores are, of each leak, the test accuracy without it and with it.
"""

from engine.planning.evaluation import PlannedTrial, finished_repeats, pool_rows
from engine.results.leaks import LEAKS, LeakEffect
from engine.results.statistics import accuracy_band, mean_band
from engine.runs.state import RunState
from engine.specs.classifiers import NETWORK
from engine.specs.data import fraction_of
from engine.specs.kinds.leaks import SCORED, LeaksSpec


def planned(spec: LeaksSpec) -> tuple[PlannedTrial, ...]:
    """The splits in the order of their numbers, each with its own seed."""
    return tuple(
        PlannedTrial(number, NETWORK, number, spec.seed + number) for number in range(spec.splits)
    )


def leak_effects(spec: LeaksSpec, state: RunState) -> tuple[LeakEffect, ...]:
    """Each leak over the splits that are done; none before the first.

    Splits share rows, so the intervals are corrected; in the order of time all splits are of the
    same rows, and what differs is the seed.
    """
    trials = finished_repeats(planned(spec), state, NETWORK).values()
    pool = pool_rows(state)
    scored = None if pool is None else fraction_of(pool, SCORED)
    over_train = None
    if spec.order is None and pool is not None and scored is not None:
        over_train = scored / (pool - scored)
    found = []
    for name in LEAKS:
        pairs = [trial.scores[name] for trial in trials if name in trial.scores]
        if pairs:
            honest, leaking = zip(*pairs, strict=True)
            found.append(
                LeakEffect(
                    name=name,
                    honest=accuracy_band(honest, scored, over_train),
                    leaking=accuracy_band(leaking, scored, over_train),
                    flatters=mean_band([b - a for a, b in pairs], over_train),
                )
            )
    return tuple(found)
