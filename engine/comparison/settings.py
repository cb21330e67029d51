"""The settings in which runs differ."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic_core import to_jsonable_python

from engine.kinds import KINDS
from engine.specs.fields import settings_of
from engine.specs.parsing import to_fields
from engine.store.records import RunRecord


def differing(records: Sequence[RunRecord]) -> dict[str, dict[int, Any]]:
    """For each setting that differs its JSON value by run; a run without it has none.

    `schedule.factor` is a setting of its own. One that only some kinds of run have counts where a
    run of these has changed it.
    """
    specs = {record.id: record.spec for record in records if record.unreadable is None}
    of_runs = {run: dict(_flat(to_fields(spec))) for run, spec in specs.items()}
    names = dict.fromkeys(["kind", *(name for own in of_runs.values() for name in own)])
    kinds = {run: spec.kind for run, spec in specs.items()}
    found = {}
    for name in names:
        values = {run: own[name] for run, own in of_runs.items() if name in own}
        some = len(values) < len(of_runs)
        distinct = {repr(value) for value in values.values()}
        if len(distinct) > 1 or (some and _chosen(name, values, kinds)):
            found[name] = values
    return found


def _chosen(name: str, values: Mapping[int, Any], kinds: Mapping[int, str]) -> bool:
    """Whether a run has another value than its kind's default."""
    return any(value != _defaults(kinds[run]).get(name) for run, value in values.items())


@cache
def _defaults(kind: str) -> dict[str, Any]:
    plain = to_jsonable_python({s.name: s.default for s in settings_of(KINDS[kind].spec)})
    return dict(_flat(plain)) | {"kind": kind}


def _flat(fields: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Each value by its dotted name; a range of a search space stays whole."""
    for name, value in fields.items():
        if isinstance(value, Mapping) and before != "vary.":
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value
