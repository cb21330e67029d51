"""What a sweep or search has chosen, as the settings of a single training."""

from collections.abc import Mapping
from typing import Any

from engine.kinds import make_spec
from engine.planning.chosen_training import train_spec
from engine.specs.kinds.baseline import BaselineSpec
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.specs.kinds.train import TrainSpec
from engine.specs.parsing import to_fields
from engine.specs.run_spec import RunSpec
from engine.specs.varying import VaryingSpec


def can_be_evaluated(spec: RunSpec) -> bool:
    """Whether it is one model whose settings an evaluation takes over as they are."""
    return isinstance(spec, TrainSpec | BaselineSpec)


def evaluation_of(spec: RunSpec, settings: Mapping[str, Any] | None) -> EvaluateSpec | None:
    """The evaluation of what a run trains; None of a kind that trains nothing to evaluate.

    `settings` are those that a sweep or search has chosen. An evaluation is strict, whatever the
    run was. Raises `InvalidSpec` where the settings are not allowed.
    """
    own = spec
    if isinstance(spec, VaryingSpec):
        if settings is None:
            return None
        own = train_spec(spec, settings)
    if not can_be_evaluated(own):
        return None
    known = EvaluateSpec.model_fields
    fields = {n: v for n, v in to_fields(own).items() if n in known and n != "kind"}
    if isinstance(own, BaselineSpec):
        fields["models"] = ["logistic", "majority"]
    found = make_spec("evaluate", fields | {"protocol": "strict"})
    assert isinstance(found, EvaluateSpec)
    return found
