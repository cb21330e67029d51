"""What a sweep or search has chosen, as the settings of a single training."""

from collections.abc import Mapping
from typing import Any

from engine.kinds import make_spec
from engine.results.search import with_budget
from engine.runs.ranking import best_trial, own_settings
from engine.runs.state import RunState, Trial
from engine.specs.derived_settings import DERIVED, with_settings
from engine.specs.kinds.baseline import BaselineSpec
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.specs.kinds.train import TrainSpec
from engine.specs.network import NetworkSpec
from engine.specs.parsing import to_fields
from engine.specs.run_spec import RunSpec
from engine.specs.varying import VaryingSpec


def chosen_settings(state: RunState) -> dict[str, Any] | None:
    """The settings a sweep or search has chosen, while there is no result the best so far."""
    if state.result is not None and state.result.chosen_settings is not None:
        return state.result.chosen_settings
    best = best_trial(state)
    return trial_settings(best) if best is not None else None


def trial_settings(trial: Trial) -> dict[str, Any]:
    """The settings of a trial, with its epochs where a schedule of budgets decided them."""
    return with_budget(own_settings(trial.settings), trial.effective_settings)


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


def train_spec(spec: VaryingSpec, settings: Mapping[str, Any]) -> RunSpec:
    """The training with a trial's settings, on the same data.

    Raises `InvalidSpec` where its settings are not allowed.
    """
    known = {
        name: value
        for name, value in settings.items()
        if name in DERIVED or name in NetworkSpec.model_fields
    }
    fields = to_fields(spec) | with_settings(spec.network, known).model_dump(mode="json")
    if "epochs" not in known:
        # Hyperband's longest training has a setting of its own
        _, fields["epochs"] = spec.longest_training
    wanted = {n: v for n, v in fields.items() if n in TrainSpec.model_fields and n != "kind"}
    return make_spec("train", wanted)
