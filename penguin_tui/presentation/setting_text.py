"""Settings and what they vary over, in words: the one spelling of names and ranges."""

from collections.abc import Mapping
from typing import Any

from engine.specs.typed_text import show


def setting_label(setting: str) -> str:
    """The name of a setting that may vary, as a person reads it."""
    from engine.specs.fields import spelled

    return spelled(setting)


def plain_value(value: Any) -> str:
    """A value as it came from JSON, on one line: "a 1, b 2" of a table of values."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {text}" for name, text in value.items())
    return show(value)


def range_text(dimension: Mapping[str, Any]) -> str:
    """A dimension of a spec's `vary` in JSON: "1 to 30", "16 to 256 in steps of 16"."""
    if "values" in dimension:
        return ", ".join(show(value) for value in dimension["values"])
    text = f"{show(dimension['low'])} to {show(dimension['high'])}"
    if dimension.get("scale") == "log":
        return f"{text}, log scale"
    step = dimension.get("step")
    return text if step is None or step == 1 else f"{text} in steps of {show(step)}"


def requested_value(value: Any, *, own_only: bool = False) -> str:
    """A value of a spec; of a schedule or of early stopping its name and its own settings.

    With `own_only` no inner setting that has its default.
    """
    from pydantic import BaseModel

    if not isinstance(value, BaseModel):
        return show(list(value) if isinstance(value, tuple) else value) or "none"
    fields = value.model_dump(mode="json", exclude_defaults=own_only)
    fields.pop("name", None)
    name = str(getattr(value, "name", "on")).replace("_", " ")
    inner = ", ".join(f"{setting_label(key)} {show(item)}" for key, item in fields.items())
    return f"{name} ({inner})" if inner else name
