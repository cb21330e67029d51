"""Typed texts laid over the JSON fields of a spec, and a spec as such fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from engine.specs.aliases import current_name, current_names
from engine.specs.fields import SettingInfo, setting_at
from engine.specs.invalid import InvalidSpec, Problem, invalid
from engine.specs.problems import unknown
from engine.specs.run_spec import RunSpec
from engine.specs.search_space import parse_dimension, unreadable
from engine.specs.typed_text import parse


def assign(
    model: type[BaseModel], fields: Mapping[str, Any], texts: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """Lay typed `(field, text)` pairs over JSON fields, for `make_spec` to check.

    A dotted name reaches into a schedule or early stopping (`schedule.factor`).
    """
    result = current_names(fields)
    for given, text in texts:
        name = current_name(given)
        head, _, rest = name.partition(".")
        setting = setting_at(model, name)
        if setting is None:
            raise InvalidSpec((Problem(name, unknown(model, name)),))
        if rest:
            inner = _inside(result.get(head), setting_at(model, head))
            # where nothing can be set inside it, the check of the whole spec says so
            if isinstance(inner, Mapping):
                result[head] = {**inner, rest: parse(setting, text)}
        else:
            result[head] = parse(setting, text)
    return result


def _inside(value: Any, setting: SettingInfo | None) -> Any:
    """A schedule or early stopping as fields: a name, or yes, stands for its defaults."""
    if isinstance(value, str) and setting is not None and len(setting.variants) > 1:
        return {"name": value}
    return {} if value is None or isinstance(value, bool) else value


def assign_vary(fields: Mapping[str, Any], texts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Lay `(setting, range text)` pairs over the fields of a sweep or search."""
    varied = fields.get("vary") or {}
    if not isinstance(varied, Mapping):
        message = invalid(varied, "settings with a range or a list each")
        raise InvalidSpec((Problem("vary", message),))
    found = dict(varied)
    for name, text in texts:
        found[name] = parse_dimension(text)
        if message := unreadable(found[name]):
            raise InvalidSpec((Problem(f"vary.{name}", message),))
    return {**fields, "vary": found}


def to_fields(spec: RunSpec) -> dict[str, Any]:
    """The spec as JSON values, from which `make_spec` builds an equal one."""
    return spec.model_dump(mode="json")
