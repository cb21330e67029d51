"""A setting is declared once: type and bounds, label, unit, help, and what varying it means.

`setting()` declares a field of a spec and `settings_of()` reads the declarations back, so that
forms, options of the command line, the JSON schema, sweeps and searches are derived from them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Shape = Literal[
    "integer",
    "number",
    "flag",
    "choice",
    "text",
    "integers",
    "per_layer",
    "names",
    "choices",
    "map",
    "variant",
]
# toward which end of its range a setting makes the model simpler
Simpler = Literal["lower", "higher", "none"]
_BOUNDS: Final = ("ge", "gt", "le", "lt")
# a range whose ends differ by this much is suggested on a log scale
_LOG_FROM: Final = 100


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a field says of itself in addition to its type, bounds and help.

    `typical` bounds the values that are accepted without a warning. `advanced` settings are folded
    away in a form at first; `file` marks a path; `last` ones stand behind the others, although
    a base class declares them. `search` and `sweep` are what a search and a
    sweep suggest to vary it over, as typed (`log:0.0001:0.1`). With `varies` false neither may.
    """

    group: str
    label: str = ""
    unit: str = ""
    typical: tuple[float, float] | None = None
    search: str = ""
    sweep: str = ""
    simpler: Simpler = "none"
    varies: bool = True
    advanced: bool = False
    file: bool = False
    last: bool = False

    def __call__(self, schema: dict[str, Any]) -> None:
        """Add to the field's JSON schema, as pydantic asks for."""
        shown = {"group": self.group, "unit": self.unit, "advanced": self.advanced}
        if self.typical is not None:
            shown["typical"] = list(self.typical)
        schema.update(shown)


def setting(default: Any = ..., *, help: str, **declared: Any) -> Any:  # noqa: A002 - a reader's word
    """Declare a field of a spec; `declared` are the fields of `Declaration`.

    Its bounds are those of its type (`Annotated[int, Field(ge=1)]`), for lists those of an item.
    """
    extra = Declaration(**declared)
    return Field(default, description=help, json_schema_extra=extra, validate_default=True)


@dataclass(frozen=True, eq=False)
class OneOf:
    """Annotates a text that has to be a key of `table`, whatever is in it at the time."""

    table: Mapping[str, Any]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(schema) | {"enum": list(self.table)}

    def _check(self, value: str) -> str:
        if value not in self.table:
            raise PydanticCustomError("not_in_table", "one of {names}", {"names": list(self.table)})
        return value


@dataclass(frozen=True, kw_only=True)
class SettingInfo(Declaration):
    """One declared setting, as forms and the command line need it.

    `bounds` has those of `ge`, `gt`, `le` and `lt` that there are. `choices` are the names to
    choose from, with what is known of each (`about`). `variants` are the settings of each choice of
    a schedule or early stopping.
    """

    name: str
    shape: Shape
    default: Any
    help: str
    bounds: Mapping[str, float]
    choices: Mapping[str, Any]
    optional: bool
    variants: Mapping[str, tuple["SettingInfo", ...]]

    @property
    def is_number(self) -> bool:
        """Whether a value is one number, whole or not, also where each layer may have its own."""
        return self.shape in ("integer", "number", "per_layer")

    def about(self, choice: str) -> str:
        """What one of the choices is, in a few words; empty where its name says it."""
        found = self.choices.get(choice, "")
        return str(getattr(found, "help", found))

    @property
    def allowed(self) -> str:
        """The allowed values in words: 'a whole number from 1 to 100,000'."""
        if self.shape == "choice":
            return "one of " + ", ".join(self.choices)
        if self.shape == "choices":
            return "one or more of " + ", ".join(self.choices)
        if self.shape == "variant":
            names = [*(["none"] if self.optional else []), *self.variants]
            return "one of " + ", ".join(names)
        return f"{_NOUNS[self.shape]} {self._range()}".strip()

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
        return unusual(value, self.typical) if self.typical is not None else ""

    def suggested(self, *, listed: bool = False) -> str:
        """What to vary it over, as typed; `listed` where only single values can be tried.

        Of a number that suggests nothing: its typical or allowed range.
        """
        if not self.is_number:
            return ", ".join(self.choices) if self.choices else "yes, no"
        low, high = self._ends()
        ends = f"{low:.12g}, {high:.12g}"
        if listed:
            return self.sweep or ends
        scale = "log" if low > 0 and high / low >= _LOG_FROM else "linear"
        return self.search or f"{scale}:{low:.12g}:{high:.12g}"

    def _ends(self) -> tuple[float, float]:
        bounds = self.bounds
        low, high = self.typical or (
            bounds.get("ge", bounds.get("gt", 0)), bounds.get("le", bounds.get("lt", 1))
        )  # fmt: skip
        # a bound that is not allowed itself: the default is
        start = self.default if isinstance(self.default, int | float) else low
        low = low if low != bounds.get("gt") else min(start, high)
        return low, (high if high != bounds.get("lt") else max(start, (low + high) / 2))


_NOUNS: Final[Mapping[Shape, str]] = {
    "flag": "yes or no",
    "names": "names, separated by commas",
    "map": 'pairs such as {"year": "categorical"}',
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "integers": "whole numbers separated by commas, each",
    "per_layer": "a number, or one for each hidden layer, each",
}


def unusual(value: Any, typical: tuple[float, float]) -> str:
    """Say which number in `value` (one, or a list) lies outside the `typical` range, or nothing."""
    low, high = typical
    for number in value if isinstance(value, list | tuple) else (value,):
        if isinstance(number, int | float) and not low <= number <= high:
            side, bound = ("low", f"≥ {low:,.6g}") if number < low else ("high", f"≤ {high:,.6g}")
            return f"{number:,.6g} is unusually {side} (typical {bound})"
    return ""


def spelled(name: str) -> str:
    """A setting's name as a person reads it: "learning rate", "kernel L2"."""
    return name.replace("_", " ").replace(" l1", " L1").replace(" l2", " L2")


@cache
def settings_of(model: type[BaseModel]) -> tuple[SettingInfo, ...]:
    """All declared settings of a spec, in the order of declaration, those `last` behind them."""
    found = (
        _info_of(name, info, info.json_schema_extra)
        for name, info in model.model_fields.items()
        if isinstance(info.json_schema_extra, Declaration)
    )
    return tuple(sorted(found, key=lambda one: one.last))


def setting_at(model: type[BaseModel], path: str) -> SettingInfo | None:
    """The setting at a dotted path such as `schedule.factor`, if there is one."""
    head, _, rest = path.partition(".")
    found = next((s for s in settings_of(model) if s.name == head), None)
    if found is None or not rest:
        return found
    inner = (s for variant in found.variants.values() for s in variant)
    return next((s for s in inner if s.name == rest), None)


def _info_of(name: str, info: FieldInfo, declared: Declaration) -> SettingInfo:
    options = _union_members(info.annotation)
    optional = NoneType in options
    options = [option for option in options if option is not NoneType]
    variants = {
        _variant_name(option): settings_of(option)
        for option in options
        if isinstance(option, type) and issubclass(option, BaseModel)
    }
    metadata = [*info.metadata, *_inner_metadata(info.annotation)]
    table = next((m.table for m in metadata if isinstance(m, OneOf)), None)
    literal = get_args(options[0]) if get_origin(options[0]) is Literal else ()
    choices = table if table is not None else dict.fromkeys(literal, "")
    several = get_origin(options[0]) is tuple
    return SettingInfo(
        **vars(declared) | {"label": declared.label or spelled(name)},
        name=name,
        shape=("choices" if several else "choice") if choices else _shape_of(options, variants),
        default=info.get_default(call_default_factory=True),
        help=info.description or "",
        bounds={b: getattr(m, b) for m in metadata for b in _BOUNDS if hasattr(m, b)},
        choices=choices,
        optional=optional,
        variants=variants,
    )


def _union_members(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _union_members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [m for member in get_args(annotation) for m in _union_members(member)]
    return [annotation]


def _inner_metadata(annotation: Any) -> Iterator[Any]:
    """What is annotated inside a union or a list, such as the bounds of an item."""
    if get_origin(annotation) is Annotated:
        for extra in get_args(annotation)[1:]:
            yield from extra.metadata if isinstance(extra, FieldInfo) else (extra,)
    for inner in get_args(annotation):
        yield from _inner_metadata(inner)


def _variant_name(model: type[BaseModel]) -> str:
    name = model.model_fields.get("name")
    return str(name.default) if name else "on"


def _shape_of(options: Sequence[Any], variants: dict[str, Any]) -> Shape:
    first = options[0]
    if variants:
        return "variant"
    if len(options) > 1:
        return "per_layer"
    if get_origin(first) is tuple:
        return "integers" if _union_members(get_args(first)[0]) == [int] else "names"
    if get_origin(first) is dict:
        return "map"
    shapes: dict[Any, Shape] = {int: "integer", float: "number", bool: "flag", str: "text"}
    return shapes[first]
