"""How much a sweep or search has to do, worked out before it begins.

Counts come from the spec alone; the duration comes from the speed of an earlier
run, or is unknown.
"""

import math
from dataclasses import dataclass
from typing import Final

from engine.kinds import KINDS, Libraries, varies
from engine.runs.speed import speed
from engine.runs.state import RunState, fold
from engine.specs.kinds.sweep import SweepSpec
from engine.specs.network import NetworkSpec
from engine.specs.run_spec import RunSpec
from engine.specs.search_space import Range
from engine.specs.varying import VaryingSpec
from engine.store.locks import engine_alive
from engine.store.records import RunRecord
from engine.store.store import Store

RECENT_RUNS = 200
# what an engine that is to be started loads first, on a slow machine for longer
ENGINE_SECONDS: Final[dict[Libraries, tuple[float, float]]] = {
    "data": (1.0, 5.0), "trainer": (1.5, 6.0), "tensorflow": (5.0, 20.0),
}  # fmt: skip
# machines are busy with other things, and trials are not alike
FASTER, SLOWER = 0.7, 1.5
# a single training says nothing of what is between many, nor how many run at a time
OF_ONE_TRAINING = 3.0


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
    """How fast an earlier run got through its `work`, once it had started within `start` seconds.

    `engine` is how long an engine takes that is to be started, at least and at most.
    """

    per_second: float
    start: float
    run: int
    kind: str
    engine: tuple[float, float] = (0.0, 0.0)

    def seconds(self, amount: Amount) -> tuple[float, float]:
        """How long this takes at that speed, at least and at most."""
        least, most = (amount.work / self.per_second + own for own in (0.0, self.start))
        uncertain = SLOWER if varies(self.kind) else OF_ONE_TRAINING
        return FASTER * least + self.engine[0], uncertain * most + self.engine[1]


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
        # one that was trained on a cluster says nothing of this machine
        if record.kind not in order or record.kind in others or record.cluster_text:
            continue
        if record.spec.data != spec.data:
            continue
        found = speed_of(store, record)
        if found is not None:
            if record.kind == spec.kind:
                return found
            others[record.kind] = found
    return next((others[kind] for kind in order if kind in others), None)


def estimated_seconds(store: Store, spec: RunSpec) -> tuple[float, float] | None:
    """How long a run takes, judged by earlier ones, at least and at most; None if none tells."""
    if isinstance(spec, NetworkSpec):
        found = known_speed(store, spec)
        if found is None:
            return None
        if isinstance(spec, VaryingSpec):
            return found.seconds(amount(spec))
        work = spec.epochs * steps_per_row(spec)
        return found.seconds(Amount(1, 1, spec.epochs, work, exact=spec.early_stopping is None))
    recent = (record for record in store.runs()[:RECENT_RUNS] if not record.cluster_text)
    same = (record for record in recent if record.kind == spec.kind)
    took = (record.seconds() for record in same if record.status == "finished")
    return next(((seconds, seconds) for seconds in took if seconds is not None), None)


def speed_of(store: Store, record: RunRecord) -> Speed | None:
    """How fast a run was once it had started, or None where that was not measured."""
    seconds = record.seconds() if record.ended is not None else None
    if not seconds or record.epochs_run < 1 or not isinstance(record.spec, NetworkSpec):
        return None
    state = fold(RunState(), store.events(record.id)[1])
    found = speed(state)
    # one that is too short to tell starting from training took all of its time for both
    trained = found.seconds(record.epochs_run, 0) if found else seconds
    pace, start = record.epochs_run / min(trained, seconds), max(0.0, seconds - trained)
    loads = ENGINE_SECONDS[KINDS[record.kind].needs]
    engine = (0.0, 0.0) if engine_alive(store.home) else loads
    return Speed(pace * steps_per_row(record.spec), start, record.id, record.kind, engine)
