"""What a sweep or search varies, as rows of typed text: read, checked, and put into words.

No widget is in here. A row is one setting, the kind of its values and what was
typed for them; `vary_of` makes of all rows what a spec calls `vary`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.kinds import KINDS, make_spec
from engine.specs.derived_settings import variable_settings
from engine.specs.fields import SettingInfo
from engine.specs.invalid import InvalidSpec
from engine.specs.search_space import parse_dimension, show_dimension, unreadable
from engine.specs.typed_text import number, one_number, quoted, show
from engine.specs.varying import VaryingSpec
from penguin_tui.presentation.setting_text import setting_label

RowKind = Literal["range", "log range", "steps", "list", "typed"]
# "typed" is a dimension as on the command line, for a table with one row
ROW_KINDS: tuple[RowKind, ...] = ("range", "log range", "steps", "list")
FIELDS: dict[RowKind, tuple[str, ...]] = {
    "range": ("from", "to"),
    "log range": ("from", "to"),
    "steps": ("from", "to", "step"),
    "list": ("values",),
    "typed": ("values",),
}
KIND_HELP = {
    "range": "every value between two bounds",
    "log range": "between two bounds, evenly over orders of magnitude",
    "steps": "from a bound to another in equal steps",
    "list": "the values listed, separated by commas",
    "typed": "1..30, 16..128/16 (in steps of 16), or 0.1, 0.2, 0.5 (a list)",
}
# a row holds one value at a time, and the table has its own words for a range
_PLAINER = {
    "a number, or one for each hidden layer, each": "a number",
    "whole numbers separated by commas, each": "a whole number",
    "a grid search needs a step (low..high/step)": "a grid search needs steps",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One setting that varies, as typed.

    `others` are the texts under the kinds that the row had before, until it is typed in again;
    `wanted` is the kind that was chosen where a search cannot have it.
    """

    setting: str
    kind: RowKind
    texts: tuple[str, ...]
    others: tuple[tuple[RowKind, tuple[str, ...]], ...] = ()
    wanted: RowKind | None = None

    @property
    def label(self) -> str:
        """The setting as a person reads it."""
        return setting_label(self.setting)

    @property
    def kinds(self) -> tuple[RowKind, ...]:
        """The kinds that make sense: choices can only be listed."""
        return ROW_KINDS if info_of(self.setting).is_number else ("list",)

    @property
    def help(self) -> str:
        """What the setting does, what is allowed, and how values are given."""
        return f"{about(self.setting)} {self.kind.capitalize()}: {KIND_HELP[self.kind]}."


def names_of(kind: str) -> tuple[str, ...]:
    """The settings that a run of `kind` may vary."""
    return tuple(variable_settings(KINDS[kind].spec))


def tries_every_value(kind: str) -> bool:
    """Whether a run of `kind` tries each value, so that a continuous range has to be a list."""
    spec = KINDS[kind].spec
    return issubclass(spec, VaryingSpec) and spec.tries_every_value


def info_of(setting: str) -> SettingInfo:
    """The declaration of a setting that some kind of run may vary."""
    specs = (kind.spec for kind in KINDS.values() if kind.varies)
    return next(found[setting] for found in map(variable_settings, specs) if setting in found)


def about(setting: str) -> str:
    """What a setting does and what is allowed, in one line."""
    found = info_of(setting)
    allowed = found.allowed
    for longer, plain in _PLAINER.items():
        allowed = allowed.replace(longer, plain)
    return f"{setting}: {found.help} Allowed: {allowed}."


def suggested(setting: str, *, typed: bool = False, listed: bool = False) -> Row:
    """The row a setting begins with; `listed` where only single values can be tried."""
    found = info_of(setting)
    text = found.suggested(listed=typed or (listed and found.shape != "integer"))
    return rows_of({setting: parse_dimension(text)}, typed=typed)[0]


def unused(kind: str, rows: Sequence[Row]) -> str:
    """A setting that no row varies yet, the usual ones first."""
    usual = ("learning_rate", "batch_size", "units", "epochs", "dropout", *names_of(kind))
    taken = {row.setting for row in rows}
    return next((name for name in usual if name not in taken), usual[0])


def next_setting(kind: str, rows: Sequence[Row], row: Row, step: int) -> str:
    """The setting `step` after that of the row, among those no other row varies."""
    taken = {one.setting for one in rows} - {row.setting}
    free = [name for name in names_of(kind) if name not in taken]
    return free[(free.index(row.setting) + step) % len(free)]


def next_kind(row: Row, step: int) -> Row:
    """The row with the kind `step` after its own."""
    kinds = row.kinds
    place = kinds.index(row.kind) if row.kind in kinds else 0
    return with_kind(row, kinds[(place + step) % len(kinds)])


def with_kind(row: Row, kind: RowKind) -> Row:
    """The row with another kind; what was typed is kept as far as it fits."""
    others = {**dict(row.others), row.kind: row.texts}
    if kind in others:
        return Row(row.setting, kind, others[kind], tuple(others.items()))
    start = suggested(row.setting)
    if kind == start.kind and row.kind != kind:
        default = start.texts
    else:
        default = {"steps": ("0", "1", "0.1"), "list": ("0, 1",)}.get(kind, ("0", "1"))
    if row.kind == "list":
        items = [item.strip() for item in row.texts[0].split(",") if item.strip()]
        texts = (items[0], items[-1], *default[2:]) if len(items) > 1 else default
    elif kind == "list":
        texts = (", ".join(row.texts[:2]),)
    else:
        texts = (*row.texts[:2], *default[2:])
    return Row(row.setting, kind, texts, tuple(others.items()))


def as_wanted(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with the kinds that were chosen, where a search can have all of them."""
    return tuple(with_kind(row, row.wanted) if row.wanted else row for row in rows)


def listed_rows(rows: Sequence[Row], count: int = 4) -> tuple[Row, ...]:
    """The rows with every continuous range as a list of `count` values between its bounds."""
    return tuple(_listed(row, count) for row in rows)


def _listed(row: Row, count: int) -> Row:
    if row.kind not in ("range", "log range"):
        return row
    low, high = (number(text.strip()) for text in row.texts)
    if isinstance(low, str) or isinstance(high, str) or not low < high:
        return row
    whole = isinstance(_number(row.texts[0].strip(), row), int)
    if row.kind == "range" and whole:
        return row
    places = [place / (count - 1) for place in range(count)]
    if row.kind == "log range" and low > 0:
        values = [low * (high / low) ** place for place in places]
    else:
        values = [low + (high - low) * place for place in places]
    found = [round(value) if whole else float(f"{value:.4g}") for value in values]
    text = ", ".join(show(v) for v in dict.fromkeys(found))
    others = (*row.others, (row.kind, row.texts))
    return Row(row.setting, "list", (text,), others, wanted=row.kind)


def with_text(row: Row, place: int, text: str) -> Row:
    """The row with one of its texts changed."""
    texts = (*row.texts[:place], text, *row.texts[place + 1 :])
    return Row(row.setting, row.kind, texts)


# -- to and from a spec's `vary` --------------------------------------------------------------


def rows_of(vary: Mapping[str, Any], *, typed: bool = False) -> tuple[Row, ...]:
    """The rows of a spec's `vary` in JSON."""
    return tuple(_row(setting, dimension, typed) for setting, dimension in vary.items())


def _row(setting: str, dimension: Mapping[str, Any], typed: bool) -> Row:
    if typed or "values" in dimension:
        return Row(setting, "typed" if typed else "list", (show_dimension(dimension),))
    bounds = show(dimension["low"]), show(dimension["high"])
    if dimension.get("scale") == "log":
        return Row(setting, "log range", bounds)
    step = dimension.get("step")
    return (
        Row(setting, "range", bounds)
        if step is None
        else Row(setting, "steps", (*bounds, show(step)))
    )


def dimension_of(row: Row) -> dict[str, Any]:
    """A row as JSON of a range or list; raises ValueError in words for what is no number."""
    if row.kind == "typed":
        if not row.texts[0].strip():
            raise ValueError("give a range or a list of values")
        found = parse_dimension(row.texts[0])
        if told := unreadable(found):
            raise ValueError(told)
        return found
    if row.kind == "list":
        values = [_number(item.strip(), row) for item in row.texts[0].split(",") if item.strip()]
        if not values:
            raise ValueError("list at least one value")
        return {"values": values}
    bounds = {}
    for name, text in zip(FIELDS[row.kind], row.texts, strict=True):
        value = _whole_or_not(one_number(text.strip()), row)
        if isinstance(value, str) or (isinstance(value, float) and not math.isfinite(value)):
            told = f"{name}: {quoted(text.strip())} is no number"
            raise ValueError(told if text.strip() else f"{name} is empty")
        bounds[{"from": "low", "to": "high"}.get(name, name)] = value
    return bounds | ({"scale": "log"} if row.kind == "log range" else {})


def _number(text: str, row: Row) -> Any:
    return _whole_or_not(number(text), row)


def _whole_or_not(value: Any, row: Row) -> Any:
    if isinstance(value, int) and info_of(row.setting).shape in ("number", "per_layer"):
        # whole bounds would mean whole values
        return float(value)
    return value


def vary_of(rows: Sequence[Row]) -> dict[str, Any]:
    """All rows that can be read, as a spec's `vary` in JSON."""
    found = {}
    for row in rows:
        try:
            found[row.setting] = dimension_of(row)
        except ValueError:
            # `problems` says what is wrong with it
            continue
    return found


def problems(kind: str, fields: Mapping[str, Any], rows: Sequence[Row]) -> dict[int, str]:
    """What is wrong with each row of a run of `kind` with these other fields."""
    found: dict[int, str] = {}
    for place, row in enumerate(rows):
        earlier = [one.setting for one in rows[:place]]
        if row.setting in earlier:
            found[place] = f"varies already in row {earlier.index(row.setting) + 1}"
            continue
        try:
            dimension = dimension_of(row)
        except ValueError as error:
            found[place] = str(error)
            continue
        refused = _refused(kind, fields, row.setting, dimension)
        if refused:
            found[place] = refused
    return found


def _refused(
    kind: str, fields: Mapping[str, Any], setting: str, dimension: Mapping[str, Any]
) -> str:
    # where other fields are wrong, the row is checked with those at their defaults
    for others in (fields, {}):
        try:
            make_spec(kind, {**others, "vary": {setting: dimension}})
        except InvalidSpec as error:
            for problem in error.problems:
                # of "vary" as a whole the rows together are told, not one
                if problem.field == f"vary.{setting}" or problem.message.startswith("vary:"):
                    return _plain(problem.message, setting)
            continue
        return ""
    return ""


def _plain(message: str, setting: str) -> str:
    """A problem of a row without what the row says itself."""
    text = message.removeprefix("vary: ").removeprefix(f"{setting}: ")
    if text == "Input should be greater than 0":
        return "step: must be above 0"
    for longer, plain in _PLAINER.items():
        text = text.replace(longer, plain)
    return text
