"""The post's networks, each filled into the form with one key."""

from typing import Any

from engine.specs.presets import TRAIN_PRESETS
from engine.specs.typed_text import show
from penguin_tui.screens.picker import ChoosingScreen, Offer


def train_presets() -> ChoosingScreen:
    """The list of the post's networks; returns the name of the chosen one, or None."""
    offers = [Offer(name, name, preset_line(fields)) for name, fields in TRAIN_PRESETS.items()]
    return ChoosingScreen("The post's networks: press the number", offers)


def preset_line(fields: dict[str, Any]) -> str:
    """What is special about a preset, in a line."""
    layers = show(fields["hidden_layers"])
    parts = [layers or "no hidden layer", f"{fields['epochs']} epochs"]
    schedule = fields["schedule"]["name"]
    if schedule != "constant":
        parts.append(f"{schedule.replace('_', ' ')} from {show(fields['learning_rate'])}")
    if fields["kernel_l1"] or fields["kernel_l2"]:
        parts.append("L1, L2")
    if fields["dropout"]:
        parts.append(f"dropout {show(fields['dropout'])}")
    if fields["early_stopping"]:
        parts.append("stops early")
    return " · ".join(parts)
