"""How much a sweep or search has to do, worked out before it begins.

Counts come from the spec alone; the duration comes from the speed of an earlier
run, or is unknown.
"""

import math
from dataclasses import dataclass

from engine.kinds import KINDS
from engine.specs.network import NetworkSpec
from engine.specs.run_spec import RunSpec
from engine.specs.search_space import Range
from engine.specs.sweep import SweepSpec
from engine.specs.varying import VaryingSpec
from engine.store.records import RunRecord
from engine.store.store import Store

RECENT_RUNS = 200
# a shorter run says more of starting than of training
LEAST_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Amount:
    """Trials (of a sweep: values), trainings and epochs; not `exact` means at most.

    `work` are the optimizer steps of all epochs, for each row of the training set.
    """

    trials: int
    trainings: int
    epochs: int
    work: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast an earlier run got through its `work`."""

    per_second: float
    run: int
    kind: str

    def seconds(self, amount: Amount) -> float:
        """How long this takes at that speed."""
        return amount.work / self.per_second


def amount(spec: VaryingSpec) -> Amount:
    """What the spec comes to."""
    load = spec.workload
    work = load.epochs * steps_per_row(spec)
    # trials with fewer epochs than the most make it less; a sweep over them counts every one
    fewer = "epochs" in spec.vary and not isinstance(spec, SweepSpec)
    exact = spec.early_stopping is None and not fewer
    return Amount(load.trials, load.trainings, load.epochs, work, exact)


def steps_per_row(spec: NetworkSpec) -> float:
    """Steps of an epoch for each training row, on average over the batch sizes tried."""
    dimension = spec.vary.get("batch_size") if isinstance(spec, VaryingSpec) else None
    if dimension is None:
        return 1 / spec.batch_size
    if isinstance(dimension, Range) and dimension.values is None:
        low, high = float(dimension.low), float(dimension.high)
        if dimension.scale == "log":
            return (1 / low - 1 / high) / math.log(high / low)
        return math.log(high / low) / (high - low)
    sizes = [float(v) for v in dimension.values or () if isinstance(v, int | float) and v > 0]
    return math.fsum(1 / size for size in sizes) / len(sizes) if sizes else 1.0


def known_speed(store: Store, spec: RunSpec) -> Speed | None:
    """The speed of the newest run of this kind on this data, else of the nearest kind, or None."""
    # searches are alike; a single training cannot say how fast many at a time are: it comes last
    search = KINDS[spec.kind].is_search
    networks = [kind for kind in KINDS.values() if issubclass(kind.spec, NetworkSpec)]
    nearest = sorted(networks, key=lambda kind: (not kind.varies, kind.is_search != search))
    order = [kind.name for kind in nearest]
    others: dict[str, Speed] = {}
    for record in store.runs()[:RECENT_RUNS]:
        if record.kind not in order or record.kind in others:
            continue
        if record.spec.data != spec.data:
            continue
        found = speed_of(record)
        if found is not None:
            if record.kind == spec.kind:
                return found
            others[record.kind] = found
    return next((others[kind] for kind in order if kind in others), None)


def speed_of(record: RunRecord) -> Speed | None:
    """How fast a run was, or None where that was not measured."""
    seconds = record.seconds() if record.ended is not None else None
    if not seconds or seconds < LEAST_SECONDS or record.epochs_run < 1:
        return None
    spec = record.spec
    if not isinstance(spec, NetworkSpec):
        return None
    return Speed(record.epochs_run * steps_per_row(spec) / seconds, record.id, record.kind)
