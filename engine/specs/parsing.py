"""The ways to make a spec: of JSON fields, of what was typed, of what was stored."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from engine.specs.base import InvalidSpec
from engine.specs.data import PENGUINS
from engine.specs.derived import validated
from engine.specs.fields import Knob, Problem, knob_at, knobs, parse, quoted
from engine.specs.run_specs import KINDS, SPECS, RunSpec
from engine.specs.search_space import parse_dimension, unreadable
from engine.specs.validation import senseless


def make_spec(kind: str, fields: Mapping[str, Any]) -> RunSpec:
    """Build the spec of `kind` from JSON values.

    Raises `InvalidSpec`, whose problems name each bad field, its value and
    what is allowed, alone or together with the others.
    """
    spec = _allowed(kind, fields)
    if found := senseless(spec):
        raise InvalidSpec(found)
    return spec


def load_spec(text: str) -> RunSpec:
    """Read a stored spec from JSON text, which names its kind.

    What an earlier version took is not asked whether it makes sense.
    """
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidSpec((Problem("", f"the spec is not JSON: {error}"),)) from None
    if not isinstance(fields, dict) or not isinstance(fields.get("kind"), str):
        found = Problem("kind", f"the spec must be an object with a kind: {', '.join(KINDS)}")
        raise InvalidSpec((found,))
    return _allowed(fields["kind"], fields)


def _allowed(kind: str, fields: Mapping[str, Any]) -> RunSpec:
    model = SPECS.get(kind)
    if model is None:
        raise InvalidSpec((Problem("kind", f"{quoted(kind)} is not one of {', '.join(KINDS)}"),))
    data = fields.get("data", PENGUINS)
    chosen = isinstance(data, str) and data.strip() and data != PENGUINS and kind != "reproduce"
    if chosen and not fields.get("target"):
        told = f"name the column of {quoted(data)} that holds the class"
        raise InvalidSpec((Problem("target", told),))
    return validated(model, {**fields, "kind": kind})


def assign(
    kind: str, fields: Mapping[str, Any], texts: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """Lay typed `(field, text)` pairs over JSON fields, for `make_spec` to check.

    A dotted name reaches into a schedule or early stopping (`schedule.factor`).
    """
    model = SPECS[kind]
    result = dict(fields)
    for name, text in texts:
        head, _, rest = name.partition(".")
        setting = knob_at(model, name)
        if setting is None:
            raise InvalidSpec((_unknown(model, name),))
        if rest:
            inner = _inside(result.get(head), knob_at(model, head))
            # what nothing can be set in is told by the check of the whole
            if isinstance(inner, Mapping):
                result[head] = {**inner, rest: parse(setting, text)}
        else:
            result[head] = parse(setting, text)
    return result


def _inside(value: Any, setting: Knob | None) -> Any:
    """A schedule or early stopping as fields: a name, or yes, stands for its defaults."""
    if isinstance(value, str) and setting is not None and len(setting.variants) > 1:
        return {"name": value}
    return {} if value is None or isinstance(value, bool) else value


def assign_vary(fields: Mapping[str, Any], texts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Lay `(setting, range text)` pairs over the fields of a sweep or search."""
    varied = fields.get("vary") or {}
    if not isinstance(varied, Mapping):
        told = f"{quoted(varied)} is not allowed; settings with a range or a list each"
        raise InvalidSpec((Problem("vary", told),))
    found = dict(varied)
    for name, text in texts:
        found[name] = parse_dimension(text)
        if told := unreadable(found[name]):
            raise InvalidSpec((Problem(f"vary.{name}", told),))
    return {**fields, "vary": found}


def to_fields(spec: RunSpec) -> dict[str, Any]:
    """The spec as JSON values, from which `make_spec` builds an equal one."""
    return spec.model_dump(mode="json")


def _unknown(model: type[RunSpec], name: str) -> Problem:
    import difflib

    names = [k.name for k in knobs(model)]
    close = difflib.get_close_matches(name, names, n=1)
    return Problem(
        name, "there is no such setting" + (f"; did you mean {close[0]}?" if close else "")
    )
