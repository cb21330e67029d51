"""From JSON to specs, arguments and results: each of the class that its kind names."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.kinds.queries import QUERIES
from engine.kinds.runs import KINDS
from engine.specs.invalid import InvalidSpec, Problem
from engine.specs.typed_text import quoted

if TYPE_CHECKING:
    from engine.results.base import RunResult
    from engine.specs.data import DataSpec
    from engine.specs.run_spec import RunSpec


def make_spec(name: str, fields: Mapping[str, Any]) -> "RunSpec":
    """Build the spec of the kind `name` from JSON values.

    Raises `InvalidSpec`, whose problems name each bad field, its value and
    what is allowed, alone or together with the others.
    """
    spec = _read(name, fields)
    if found := spec.cross_field_errors():
        raise InvalidSpec(tuple(found))
    return spec


def make_question(name: str, fields: Mapping[str, Any]) -> "DataSpec":
    """Build the arguments of the query `name` from JSON values; raises as `make_spec` does.

    For queries about a data file.
    """
    from engine.specs.data import DataSpec
    from engine.specs.derived_settings import validated

    arguments = QUERIES[name].arguments
    assert issubclass(arguments, DataSpec)
    return make_spec(name, fields) if name in KINDS else validated(arguments, fields)


def load_spec(text: str) -> "RunSpec":
    """Read a stored spec from JSON text, which names its kind.

    Rules between settings are not applied: an earlier version may have had fewer. A setting that
    it did not have yet gets the value that says what it did (`DEFAULTS_BEFORE`).
    """
    from engine.specs.earlier_defaults import with_earlier_defaults

    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidSpec((Problem("", f"the spec is not JSON: {error}"),)) from None
    if not isinstance(fields, dict) or not isinstance(fields.get("kind"), str):
        found = Problem("kind", f"the spec must be an object with a kind: {', '.join(KINDS)}")
        raise InvalidSpec((found,))
    return _read(fields["kind"], with_earlier_defaults(fields))


def _read(name: str, fields: Mapping[str, Any]) -> "RunSpec":
    from engine.specs.data import PENGUINS
    from engine.specs.derived_settings import validated

    kind = KINDS.get(name)
    if kind is None:
        raise InvalidSpec((Problem("kind", f"{quoted(name)} is not one of {', '.join(KINDS)}"),))
    data = fields.get("data", PENGUINS)
    own_file = isinstance(data, str) and data.strip() and data != PENGUINS
    if own_file and kind.spec.chooses_data and not fields.get("target"):
        message = (
            f"name the column of {quoted(data)} that holds the class;"
            " 'penguin-tui rows FILE' shows its columns"
        )
        raise InvalidSpec((Problem("target", message),))
    return validated(kind.spec, {**fields, "kind": name})


def read_result(value: Any) -> "RunResult":
    """The result of any kind, from its JSON values (which name the kind) or as it is.

    Raises ValueError when it is none; pydantic's ValidationError is one.
    """
    from engine.results.base import RunResult

    if isinstance(value, RunResult):
        return value
    name = value.get("kind") if isinstance(value, dict) else None
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ValueError(f"not the result of a kind of run ({', '.join(KINDS)})")
    # JSON has lists for tuples, which only a lenient reading takes
    return kind.result.model_validate(value, strict=False)
