"""The rows of a search space to and from what a spec calls `vary`, and what is wrong with them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engine.kinds import make_spec
from engine.specs.invalid import InvalidSpec
from engine.specs.search_space import parse_dimension, show_dimension, unreadable
from engine.specs.typed_text import number, one_number, quoted, show
from penguin_tui.forms.search_space.row import FIELDS, Row, info_of, plainer


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
        if message := unreadable(found):
            raise ValueError(message)
        return found
    if row.kind == "list":
        values = [number_of(item.strip(), row) for item in row.texts[0].split(",") if item.strip()]
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


def number_of(text: str, row: Row) -> Any:
    """A number that was typed in a row, a float where the setting takes any number."""
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
    return plainer(text)
