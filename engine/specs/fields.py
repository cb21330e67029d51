"""A setting declared once: its bounds, unit, help and group.

`setting()` declares a field of a spec; `settings_of()` reads the declarations back, so
that forms, command line options and help texts are derived from them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Field, ValidationError
from pydantic.fields import FieldInfo

Shape = Literal[
    "integer",
    "number",
    "flag",
    "choice",
    "text",
    "integers",
    "per_layer",
    "names",
    "map",
    "variant",
]


def setting(
    default: Any = ...,
    *,
    help: str,  # noqa: A002 - the word a reader looks for
    group: str,
    unit: str = "",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    typical: tuple[float, float] | None = None,
    advanced: bool = False,
    file: bool = False,
) -> Any:
    """Declare a field of a spec.

    Bounds (`ge`, `gt`, `le`, `lt`) are enforced, for lists on every item.
    Values outside `typical` are accepted with a warning. `advanced` fields start
    folded away in a form; `file` marks a path.
    """
    bounds = {"ge": ge, "gt": gt, "le": le, "lt": lt}
    extra: dict[str, Any] = {
        "group": group,
        "unit": unit,
        "bounds": {name: bound for name, bound in bounds.items() if bound is not None},
        "typical": list(typical) if typical else None,
        "advanced": advanced,
        "file": file,
    }
    return Field(default, description=help, json_schema_extra=extra, validate_default=True)


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One declared setting, as forms and the command line need it."""

    name: str
    shape: Shape
    default: Any
    help: str
    group: str
    unit: str
    bounds: dict[str, float]
    typical: tuple[float, float] | None
    choices: tuple[str, ...]
    optional: bool
    advanced: bool
    file: bool
    variants: dict[str, tuple["SettingInfo", ...]]

    @property
    def allowed(self) -> str:
        """The allowed values in words: 'a whole number from 1 to 100,000'."""
        if self.shape == "choice":
            return "one of " + ", ".join(self.choices)
        if self.shape == "variant":
            names = [*(["none"] if self.optional else []), *self.variants]
            return "one of " + ", ".join(names)
        if self.shape == "flag":
            return "yes or no"
        if self.shape == "names":
            return "column names, separated by commas"
        if self.shape == "map":
            return 'pairs such as {"year": "categorical"}'
        if self.shape == "text":
            return "text"
        noun = {
            "integer": "a whole number",
            "number": "a number",
            "integers": "whole numbers separated by commas, each",
            "per_layer": "a number, or one for each hidden layer, each",
        }[self.shape]
        return f"{noun} {self._range()}".strip()

    def _range(self) -> str:
        low, high = self.bounds.get("ge"), self.bounds.get("le")
        above, below = self.bounds.get("gt"), self.bounds.get("lt")
        parts = []
        if low is not None:
            parts.append(f"from {low:,.12g}")
        if above is not None:
            parts.append(f"above {above:,.12g}")
        if high is not None:
            parts.append(f"to {high:,.12g}" if low is not None else f"up to {high:,.12g}")
        if below is not None:
            parts.append(f"and below {below:,.12g}" if parts else f"below {below:,.12g}")
        return " ".join(parts)

    def warning(self, value: Any) -> str:
        """Say why `value` is unusual, or nothing when it is not."""
        if self.typical is None:
            return ""
        low, high = self.typical
        for number in value if isinstance(value, list | tuple) else (value,):
            if isinstance(number, int | float) and not low <= number <= high:
                side, bound = (
                    ("low", f"≥ {low:,.6g}") if number < low else ("high", f"≤ {high:,.6g}")
                )
                return f"{number:,.6g} is unusually {side} (typical {bound})"
        return ""


@cache
def settings_of(model: type[BaseModel]) -> tuple[SettingInfo, ...]:
    """All declared settings of a spec, in the order of declaration."""
    return tuple(
        _info_of(name, info)
        for name, info in model.model_fields.items()
        if isinstance(info.json_schema_extra, dict) and "group" in info.json_schema_extra
    )


def setting_at(model: type[BaseModel], path: str) -> SettingInfo | None:
    """The setting at a dotted path such as `schedule.factor`, if there is one."""
    head, _, rest = path.partition(".")
    found = next((k for k in settings_of(model) if k.name == head), None)
    if found is None or not rest:
        return found
    inner = (k for variant in found.variants.values() for k in variant)
    return next((k for k in inner if k.name == rest), None)


def _info_of(name: str, info: FieldInfo) -> SettingInfo:
    extra: dict[str, Any] = info.json_schema_extra  # type: ignore[assignment]
    options = _union_members(info.annotation)
    optional = NoneType in options
    options = [option for option in options if option is not NoneType]
    variants = {
        _variant_name(option): settings_of(option)
        for option in options
        if isinstance(option, type) and issubclass(option, BaseModel)
    }
    choices = tuple(get_args(options[0])) if get_origin(options[0]) is Literal else ()
    default = info.get_default(call_default_factory=True)
    return SettingInfo(
        name=name,
        shape=_shape_of(options, variants),
        default=default,
        help=info.description or "",
        group=extra["group"],
        unit=extra["unit"],
        bounds=extra["bounds"],
        typical=tuple(extra["typical"]) if extra["typical"] else None,
        choices=choices,
        optional=optional,
        advanced=extra["advanced"],
        file=extra["file"],
        variants=variants,
    )


def _union_members(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _union_members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [m for part in get_args(annotation) for m in _union_members(part)]
    return [annotation]


def _variant_name(model: type[BaseModel]) -> str:
    name = model.model_fields.get("name")
    return str(name.default) if name else "on"


def _shape_of(options: Sequence[Any], variants: dict[str, Any]) -> Shape:
    first = options[0]
    if variants:
        return "variant"
    if get_origin(first) is Literal:
        return "choice"
    if len(options) > 1:
        return "per_layer"
    if get_origin(first) is tuple:
        return "integers" if _union_members(get_args(first)[0]) == [int] else "names"
    if get_origin(first) is dict:
        return "map"
    shapes: dict[Any, Shape] = {int: "integer", float: "number", bool: "flag", str: "text"}
    return shapes[first]


# -- values as a person types them ------------------------------------------------------


def parse(setting: SettingInfo, text: str) -> Any:
    """Turn typed text into the JSON value of `setting`; the spec validates it.

    Text that cannot be read is returned as it is, so that the spec's own check
    names the field, the value and what is allowed.
    """
    text = text.strip()
    lowered = text.lower()
    if setting.optional and lowered in ("", "none", "null", "off", "no", "false"):
        return None
    if setting.shape == "integer":
        # what is no whole number is told as it was typed
        value = number(text)
        return value if isinstance(value, int) else text
    if setting.shape == "number":
        return number(text)
    if setting.shape == "flag":
        return {
            "yes": True,
            "true": True,
            "on": True,
            "no": False,
            "false": False,
            "off": False,
        }.get(lowered, text)
    if setting.shape in ("integers", "per_layer"):
        items = [number(item) for item in _items(text)] if lowered != "none" else []
        bracketed = text.startswith("[") and text.endswith("]")
        if not items and not bracketed and lowered != "none":
            return text
        if text.startswith("[") != text.endswith("]"):
            return text
        alone = setting.shape == "per_layer" and len(items) == 1 and not bracketed
        return items[0] if alone else items
    if setting.shape == "names":
        return _json_or(text, _items(text))
    if setting.shape == "map":
        return _json_or(text, text)
    if setting.shape == "variant":
        if "on" in setting.variants and lowered in ("on", "yes", "true"):
            return {}
        return _json_or(text, text)
    return text


def show(value: Any) -> str:
    """A value of a spec as a person would type it: `100, 100`, `0.001`, `yes`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        short = f"{value:.12g}"
        return short if float(short) == value else repr(value)
    if isinstance(value, list | tuple):
        items = ", ".join(show(item) for item in value)
        # a list of one number, where one number alone would mean every layer
        return f"[{items}]" if len(value) == 1 and isinstance(value[0], float) else items
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value)


def _items(text: str) -> list[str]:
    inner = text.strip().removeprefix("[").removesuffix("]")
    items = inner.split(",") if "," in inner else inner.split()
    return [item.strip() for item in items if item.strip()]


def number(text: str) -> Any:
    """A whole number, a number, or the text itself where it is neither."""
    for read in (int, float):
        try:
            # int() and float() also read "1_000" and other scripts' digits: refuse both
            if text.isascii() and "_" not in text:
                return read(text)
        except ValueError:
            continue
    return text


def _json_or(text: str, otherwise: Any) -> Any:
    try:
        return json.loads(text) if text[:1] in ("[", "{") else otherwise
    except ValueError:
        return otherwise


# -- what is wrong with a value -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: its path, the value given, what is allowed."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


def problems(model: type[BaseModel], error: ValidationError) -> tuple[Problem, ...]:
    """A validation error in words, one `Problem` for each field concerned."""
    found: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        path = _path(model, item["loc"]) or ("''" if item["loc"] else "")
        found.setdefault(path, Problem(path, _message(model, path, dict(item))))
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
        return "there is no such setting" + (_owners(path, model) or _nearest(path, model))
    if setting is None:
        return _plain_message(item)
    if kind == "missing":
        return f"needs a value: {setting.allowed}"
    return f"{quoted(item.get('input'))} is not allowed; {setting.allowed}"


_LIMITS = {
    "greater_than": "a number above {gt:,.12g}",
    "greater_than_equal": "a number from {ge:,.12g}",
    "less_than_equal": "a number up to {le:,.12g}",
    "too_short": "a range, or one value at least",
    "too_long": "up to {max_length:,}",
    "dict_type": "settings with a range or a list each",
}
# the types a value may have, of which the error names one
_TYPES = ("bool_type", "int_type", "float_type", "string_type", "finite_number")


def _plain_message(item: dict[str, Any]) -> str:
    """What is wrong with something that is no declared setting, such as a range."""
    if item["type"] == "missing":
        return "is missing"
    allowed = "a finite number, or a text" if item["type"] in _TYPES else _LIMITS.get(item["type"])
    told = allowed.format(**item.get("ctx", {})) if allowed else str(item["msg"])
    value: Any = item.get("input")
    if item["type"] == "too_long":
        return f"{len(value):,} of them are too many; {told}"
    return f"{quoted(value)} is not allowed; {told[:1].lower()}{told[1:]}"


def _owners(path: str, model: type[BaseModel]) -> str:
    """Under which choices there is a setting of this name, where it is not under this one."""
    head, _, inner = path.partition(".")
    setting = setting_at(model, head)
    variants = setting.variants if setting is not None and inner else {}
    owners = [name for name, members in variants.items() if inner in {k.name for k in members}]
    return f" here; it belongs to {head}={f' or {head}='.join(owners)}" if owners else ""


def _nearest(path: str, model: type[BaseModel]) -> str:
    import difflib

    close = difflib.get_close_matches(path, [k.name for k in settings_of(model)], n=1)
    return f"; did you mean {close[0]}?" if close else ""


def quoted(value: Any) -> str:
    """A value as a message shows it: short, and with nothing a terminal obeys."""
    text = show(value) if not isinstance(value, str) else value
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return repr(text[:60] + ("…" if len(text) > 60 else "")) if text else "nothing"
