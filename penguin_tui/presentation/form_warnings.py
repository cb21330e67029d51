"""What is wrong with a form, and which settings do not do what one may expect of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.specs.fields import unusual
from engine.specs.optimizers import OPTIMIZERS, optional_settings, users_of
from penguin_tui.presentation.blocks import Block, Span, line, muted
from penguin_tui.presentation.text import counted

_NOT_PUBLISHED = ("validation_fraction", "scaling", "imputation", "missing_categories")
_ON_HIDDEN_LAYERS = (
    "dropout", "dropout_after", "kernel_l1", "kernel_l2", "activity_l1", "activity_l2",
    "activation",
)  # fmt: skip


def problems_block(problems: Sequence[str]) -> Block:
    """How many settings are wrong, and which: their names, or sentences about them."""
    verb = "needs" if len(problems) == 1 else "need"
    first = Span(f"{counted(len(problems), 'setting')} {verb} another value", "bad")
    listed = [line(f"✗ {problem}") for problem in problems]
    return Block(lines=((first,), *listed, muted("Run goes to the first one.")))


def advice(fields: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, str]:
    """The warning of each entry of a form, by its id; `fields` as typed, allowed or not."""
    changed = {name for name, value in fields.items() if value != defaults.get(name)}
    found = {name: why for name, why in without_effect(fields).items() if name in changed and why}
    found |= _out_of_reach(fields, _varied(fields))
    info = OPTIMIZERS.get(str(fields.get("optimizer")))
    if "optimizer" not in _varied(fields) and info is not None:
        told = unusual(fields.get("learning_rate"), info.learning_rate)
        found |= {"learning_rate": told} if told else {}
    if fields.get("protocol") == "as_published":
        found["protocol"] = "data leakage: not comparable with strict figures"
    return found


def without_effect(fields: Mapping[str, Any]) -> dict[str, str]:
    """The settings that change nothing beside the others, and why; '' where that is to be seen."""
    varies = _varied(fields)
    found = dict.fromkeys(varies, "")
    info = OPTIMIZERS.get(str(fields.get("optimizer")))
    if "optimizer" not in varies and info is not None:
        for name in set(optional_settings()) - info.uses:
            users = users_of(name)
            verb = "uses" if len(users) == 1 else "use"
            found[name] = f"{fields['optimizer']} ignores it; {' and '.join(users)} {verb} it"
    no_layers = "hidden_layers" in fields and not fields["hidden_layers"]
    if no_layers and not varies & {"layers", "units", "first_layer_units"}:
        found |= dict.fromkeys(_ON_HIDDEN_LAYERS, "without effect as there is no hidden layer")
    if not fields.get("dropout") and "dropout" not in varies:
        found.setdefault("dropout_after", "")
    if fields.get("protocol") == "as_published":
        found |= dict.fromkeys(_NOT_PUBLISHED, "ignored under as_published")
    return found


def _varied(fields: Mapping[str, Any]) -> set[str]:
    varied = fields.get("vary")
    return set(varied) if isinstance(varied, Mapping) else set()


def _out_of_reach(fields: Mapping[str, Any], varies: set[str]) -> dict[str, str]:
    """Epochs that the training does not reach, improvements that cannot be."""
    found: dict[str, str] = {}
    epochs = fields.get("max_epochs", fields.get("epochs"))
    known = isinstance(epochs, int) and "epochs" not in varies
    never = f"never reached: training has {epochs:,} epochs at most" if known else ""
    stopping = fields.get("early_stopping")
    if isinstance(stopping, Mapping):
        if never and _at_least(stopping.get("patience"), epochs):
            found["early_stopping.on.patience"] = never
        if str(stopping.get("monitor")).endswith("accuracy") and _at_least(
            stopping.get("min_delta"), 1
        ):
            found["early_stopping.on.min_delta"] = "never reached: no accuracy improves by so much"
    schedule = fields.get("schedule")
    if isinstance(schedule, Mapping) and never and _at_least(schedule.get("every"), epochs):
        found["schedule.step_decay.every"] = never
    return found


def _at_least(value: Any, bound: Any) -> bool:
    return isinstance(value, int | float) and value >= bound
