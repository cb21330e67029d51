"""What is wrong with the values of a spec, in words: the field, the value, what is allowed."""

import difflib
from typing import Any

from pydantic import BaseModel, ValidationError

from engine.specs.fields import setting_at, settings_of
from engine.specs.invalid import Problem, invalid


def problems(model: type[BaseModel], error: ValidationError) -> tuple[Problem, ...]:
    """A validation error in words, one `Problem` for each field concerned."""
    found: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        # a list may have hundreds of thousands of bad items, and the first one says enough
        if item["loc"] and item["loc"][0] in found:
            continue
        path = _path(model, item["loc"]) or ("''" if item["loc"] else "")
        if path not in found:
            found[path] = Problem(path, _message(model, path, dict(item)))
    return tuple(found.values())


def _path(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    head = str(loc[0]) if loc else ""
    setting = setting_at(model, head)
    if head == "vary" and len(loc) > 1:
        return f"vary.{loc[1]}"
    if setting is None or setting.shape != "variant":
        return head
    inner = [str(part) for part in loc[1:] if str(part) not in setting.variants]
    return ".".join([head, *inner[:1]])


def _message(model: type[BaseModel], path: str, item: dict[str, Any]) -> str:
    setting = setting_at(model, path)
    kind = item["type"]
    if kind == "value_error":
        return str(item["ctx"]["error"])
    if kind == "extra_forbidden":
        return unknown(model, path)
    if setting is None:
        return _plain_message(item)
    if kind == "missing":
        return f"a value is required: enter {setting.allowed}"
    return invalid(item.get("input"), setting.allowed)


_LIMITS = {
    "greater_than": "a number above {gt:,.12g}",
    "greater_than_equal": "a number from {ge:,.12g}",
    "less_than_equal": "a number up to {le:,.12g}",
    "too_short": "a range, or one value at least",
    "too_long": "{max_length:,}",
    "dict_type": "settings with a range or a list each",
}
# the types a value may have, of which the error names one
_TYPES = ("bool_type", "int_type", "float_type", "string_type", "finite_number")


def _plain_message(item: dict[str, Any]) -> str:
    """What is wrong with something that is no declared setting, such as a range."""
    if item["type"] == "missing":
        return "is missing"
    allowed = "a finite number, or a text" if item["type"] in _TYPES else _LIMITS.get(item["type"])
    message = allowed.format(**item.get("ctx", {})) if allowed else str(item["msg"])
    value: Any = item.get("input")
    if item["type"] == "too_long":
        return f"{len(value):,} of them are too many: at most {message}"
    return invalid(value, f"{message[:1].lower()}{message[1:]}")


def _owners(path: str, model: type[BaseModel]) -> str:
    """Under which choices there is a setting of this name, where it is not under this one."""
    head, _, inner = path.partition(".")
    setting = setting_at(model, head)
    variants = setting.variants if setting is not None and inner else {}
    owners = [name for name, members in variants.items() if inner in {s.name for s in members}]
    return f" here; it belongs to {head}={f' or {head}='.join(owners)}" if owners else ""


def unknown(model: type[BaseModel], path: str) -> str:
    """What to say where this spec has no setting at `path`, with the one that may be meant."""
    close = difflib.get_close_matches(path, [s.name for s in settings_of(model)], n=1)
    hint = _owners(path, model) or (f"; did you mean {close[0]}?" if close else "")
    return f"there is no such setting{hint}"
