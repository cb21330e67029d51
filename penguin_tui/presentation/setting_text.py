"""Settings and what they vary over, in words: the one spelling of names and ranges."""

from collections.abc import Mapping
from typing import Any

from engine.specs.fields import show


def setting_label(setting: str) -> str:
    """A setting's name without underscores: "learning rate", "kernel L2"."""
    return setting.replace("_", " ").replace(" l1", " L1").replace(" l2", " L2")


def range_text(dimension: Mapping[str, Any]) -> str:
    """A dimension of a spec's `vary` in JSON: "1 to 30", "16 to 256 in steps of 16"."""
    if "values" in dimension:
        return ", ".join(show(value) for value in dimension["values"])
    text = f"{show(dimension['low'])} to {show(dimension['high'])}"
    if dimension.get("scale") == "log":
        return f"{text}, log scale"
    step = dimension.get("step")
    return text if step is None or step == 1 else f"{text} in steps of {show(step)}"
