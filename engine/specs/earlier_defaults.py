"""What a run of an earlier version did where a setting or another default of it has come since.

A stored spec of an earlier version has no value for a setting that came later (`DEFAULTS_BEFORE`),
and the default of its time for another (`DEFAULTS_REPLACED`): the run has to resume as it was. New
defaults are for new runs; a rerun says what they would change.
"""

import json
from collections.abc import Mapping
from typing import Any

from engine.specs.aliases import DEFAULTS_BEFORE, DEFAULTS_REPLACED
from engine.specs.typed_text import show


def with_earlier_defaults(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON fields of a stored spec with the defaults of its time.

    The packaged table is read and prepared as ever, whatever the defaults are.
    """
    if _packaged(stored):
        replaced = DEFAULTS_REPLACED.items()
        return {name: value for name, value in stored.items() if (name, value) not in replaced}
    return {**_missing(stored), **stored}


def changed_defaults(stored: str) -> tuple[str, ...]:
    """Which settings of the spec in the JSON text `stored` had another default in its time.

    Each as 'the default of max_categories was none, is 50; none is kept'.
    """
    from engine.specs.data import DataSpec
    from engine.specs.fields import settings_of

    fields = json.loads(stored)
    before = _missing(fields)
    if not _packaged(fields):
        before |= {n: value for n, value in DEFAULTS_REPLACED.items() if fields.get(n) == value}
    return tuple(
        f"the default of {info.name} was {_shown(before[info.name])}, is {_shown(info.default)};"
        f" {_shown(before[info.name])} is kept"
        for info in settings_of(DataSpec)
        if info.name in before
    )


def _packaged(stored: Mapping[str, Any]) -> bool:
    """Whether the packaged table is all that is read."""
    from engine.specs.data import PENGUINS

    return stored.get("data", PENGUINS) == PENGUINS and not stored.get("test_data")


def _missing(stored: Mapping[str, Any]) -> dict[str, Any]:
    if _packaged(stored):
        return {}
    return {name: value for name, value in DEFAULTS_BEFORE.items() if name not in stored}


def _shown(value: Any) -> str:
    return show(value) or "none"
