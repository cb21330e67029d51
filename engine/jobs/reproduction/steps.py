"""The jobs that the reproduction consists of."""

from dataclasses import dataclass
from typing import Any, Literal

from engine.kinds import KINDS, make_spec
from engine.results.reference import PARTS, Part
from engine.specs.kinds.reproduce import ReproduceSpec
from engine.specs.run_spec import RunSpec

Protocol = Literal["as_published", "strict"]
PROTOCOLS: tuple[Protocol, ...] = ("as_published", "strict")
# kinds of parts that are repeated over splits and seeds; experiments and searches run once
REPEATED = ("baseline", "train")
# of an experiment under the strict protocol, on its one split
SWEEP_SEEDS = 5
# of each setting that an experiment or a search varies, in a quick reproduction
QUICK_VALUES = 3
QUICK_TRIALS = 3
# on which a strict search is repeated, to see what it is worth; not in a quick reproduction
OUTER_FOLDS = 5


@dataclass(frozen=True)
class Step:
    """One job of the reproduction, which is trial `number` of its run."""

    number: int
    part: Part
    protocol: Protocol
    seed: int
    spec: RunSpec

    @property
    def settings(self) -> dict[str, Any]:
        """What its trial is said to be."""
        return {"protocol": self.protocol, "seed": self.seed}


def steps_of(spec: ReproduceSpec) -> list[Step]:
    """The jobs of all parts: networks with every seed, experiments and searches once a protocol."""
    seeds = range(spec.seed, spec.seed + spec.seeds)
    steps = [
        (part, protocol, seed)
        for part in PARTS
        for protocol in PROTOCOLS
        for seed in (seeds if part.kind in REPEATED else seeds[:1])
    ]
    return [
        Step(number, part, protocol, seed, _spec(spec, part, protocol, seed))
        for number, (part, protocol, seed) in enumerate(steps)
    ]


def _spec(spec: ReproduceSpec, part: Part, protocol: Protocol, seed: int) -> RunSpec:
    fields: dict[str, Any] = dict(KINDS[part.kind].presets.get(part.preset, {}))
    if protocol == "strict":
        # the post's integer codes give categories an order that they do not have
        fields.pop("category_encoding", None)
        if KINDS[part.kind].is_search and not spec.quick:
            fields["outer_folds"] = OUTER_FOLDS
    fields |= {"protocol": protocol, "split_seed": seed}
    if part.kind != "baseline":
        fields["seed"] = seed
    if part.kind == "sweep":
        fields["repeats"] = 1 if protocol == "as_published" else min(SWEEP_SEEDS, spec.seeds)
    if spec.quick:
        fields = _quicker(fields)
    return make_spec(part.kind, fields)


def _quicker(fields: dict[str, Any]) -> dict[str, Any]:
    """Fewer trials, and fewer values of each setting, the small ones more densely."""
    found = dict(fields)
    if "max_trials" in found:
        found["max_trials"] = QUICK_TRIALS
    if "vary" in found:
        found["vary"] = {name: _fewer(own) for name, own in found["vary"].items()}
    return found


def _fewer(dimension: dict[str, Any]) -> dict[str, Any]:
    if "values" not in dimension and "step" not in dimension:
        # drawn from at random
        return dimension
    values = dimension.get("values") or list(
        range(dimension["low"], dimension["high"] + 1, dimension["step"])
    )
    places = {round(len(values) ** (i / QUICK_VALUES)) - 1 for i in range(QUICK_VALUES)}
    return {"values": [values[place] for place in sorted(places)]}
