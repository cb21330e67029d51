"""Settings that are allowed and yet do not do what one may expect of them."""

from collections.abc import Mapping
from typing import Any

_NOT_PUBLISHED = ("validation_share", "scaling", "imputation", "missing_categories")
_ON_HIDDEN_LAYERS = ("dropout", "kernel_l1", "kernel_l2", "activity_l1", "activity_l2")


def advice(fields: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, str]:
    """What to say beside which entry of a form; `fields` as typed, allowed or not."""
    found: dict[str, str] = {}
    optimizer = fields.get("optimizer")
    if fields.get("momentum") and optimizer in ("adam", "adamw"):
        found["momentum"] = f"{optimizer} does not use it; sgd and rmsprop do"
    changed = {name for name, value in fields.items() if value != defaults.get(name)}
    if "weight_decay" in changed and optimizer != "adamw":
        found["weight_decay"] = f"{optimizer} does not use it; adamw does"
    if "hidden_layers" in fields and not fields["hidden_layers"]:
        found |= dict.fromkeys(
            (name for name in _ON_HIDDEN_LAYERS if fields.get(name)),
            "there is no hidden layer to use it on",
        )
    stopping, epochs = fields.get("early_stopping"), fields.get("epochs")
    if isinstance(stopping, Mapping) and isinstance(epochs, int):
        patience = stopping.get("patience")
        if isinstance(patience, int) and patience >= epochs:
            found["early_stopping.on.patience"] = (
                f"never reached: training has {epochs:,} epochs at most"
            )
    if fields.get("protocol") == "as_published":
        found["protocol"] = "leaks: its figures are not comparable with strict ones"
        found |= dict.fromkeys(
            (name for name in _NOT_PUBLISHED if name in changed), "as_published does not use it"
        )
    return found
