"""What a sweep or a search comes to: the chosen settings, and the training that has them."""

from collections.abc import Mapping
from typing import Any

from engine.kinds import make_spec
from engine.results.search import with_budget
from engine.runs.ranking import best_trial, own_settings
from engine.runs.state import RunState, Trial
from engine.specs.derived_settings import DERIVED, with_settings
from engine.specs.kinds.train import TrainSpec
from engine.specs.network import NetworkSpec
from engine.specs.parsing import to_fields
from engine.specs.run_spec import RunSpec
from engine.specs.varying import VaryingSpec


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


def chosen_settings(state: RunState) -> dict[str, Any] | None:
    """The settings a sweep or search has chosen, while there is no result the best so far."""
    if state.result is not None and state.result.chosen_settings is not None:
        return state.result.chosen_settings
    best = best_trial(state)
    return trial_settings(best) if best is not None else None


def trial_settings(trial: Trial) -> dict[str, Any]:
    """The settings of a trial, with its epochs where a schedule of budgets decided them."""
    return with_budget(own_settings(trial.settings), trial.effective_settings)


def training_of(
    spec: RunSpec, state: RunState, settings: Mapping[str, Any] | None = None
) -> TrainSpec | None:
    """The training that a run stands for: itself, or that of a trial, the chosen one unless told.

    None of a run that trains no network, or has no trial yet. Raises `InvalidSpec` as `train_spec`.
    """
    found: RunSpec | None = spec
    if isinstance(spec, VaryingSpec):
        settings = chosen_settings(state) if settings is None else settings
        found = None if settings is None else train_spec(spec, settings)
    return found if isinstance(found, TrainSpec) else None
