"""What a run of an earlier version did where there is a setting by now (`DEFAULTS_BEFORE`).

A stored spec of an earlier version has no value for a setting that came later, and the run has to
resume as it was. New defaults are for new runs; a rerun says what they would change.
"""

import json
from collections.abc import Mapping
from typing import Any

from engine.specs.aliases import DEFAULTS_BEFORE
from engine.specs.data import PENGUINS, DataSpec
from engine.specs.fields import settings_of
from engine.specs.typed_text import show


def with_earlier_defaults(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON fields of a stored spec with the defaults of its time.

    The packaged table is read and prepared as ever, whatever the defaults are.
    """
    return {**_missing(stored), **stored}


def changed_defaults(stored: str) -> tuple[str, ...]:
    """Which settings of the spec in the JSON text `stored` had another default in its time.

    Each as 'the default of max_categories was none, is 50; none is kept'.
    """
    before = _missing(json.loads(stored))
    return tuple(
        f"the default of {info.name} was {_shown(before[info.name])}, is {_shown(info.default)};"
        f" {_shown(before[info.name])} is kept"
        for info in settings_of(DataSpec)
        if info.name in before
    )


def _missing(stored: Mapping[str, Any]) -> dict[str, Any]:
    if stored.get("data", PENGUINS) == PENGUINS:
        return {}
    return {name: value for name, value in DEFAULTS_BEFORE.items() if name not in stored}


def _shown(value: Any) -> str:
    return show(value) or "none"
