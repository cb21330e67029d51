"""Names of earlier versions that are still accepted: the one table of them.

Specs, options, stored events and results are read under their old names as well; whatever is
written has the names of today. Settings and options of the command line look names up with
`current_name`; every frozen model does so through `Frozen`.
"""

from collections.abc import Mapping
from typing import Any

# field of a spec, an event or a result -> its names before
OLD_NAMES: dict[str, tuple[str, ...]] = {
    # specs
    "validation_fraction": ("validation_share",),
    "test_fraction": ("test_share",),
    "exclude": ("leave_out",),
    "max_trials": ("candidates",),
    # events
    "effective_settings": ("settings_used",),
    "split_rows": ("parts",),
    "seconds_before": ("worked",),
    # results
    "split": ("part",),
    "preprocessed_features": ("prepared_features",),
    "file_format": ("reading",),
    "test_set_id": ("sealed_part",),
    "stop_reason": ("stopped_because",),
    "importances": ("influences",),
}
# field -> value before -> value today
OLD_VALUES: dict[str, dict[str, str]] = {
    "missing_categories": {"own_category": "separate_category"},
    "role": {"left out": "excluded"},
}
# field of a spec -> what it was before there was such a field: how a stored run goes on
DEFAULTS_BEFORE: dict[str, Any] = {
    "reader": 1, "max_categories": None, "datetimes": "categories", "exclude_ids": False
}  # fmt: skip
# field of a spec -> its default before today's: what a stored run says where it did not choose
DEFAULTS_REPLACED: dict[str, Any] = {"reader": 2}
# command of the command line -> its name today
OLD_COMMANDS = {"again": "rerun"}

_CURRENT = {old: name for name, olds in OLD_NAMES.items() for old in olds}


def current_name(name: str) -> str:
    """The name of today of a field, which may be given by an old one."""
    return _CURRENT.get(name, name)


def current_names(fields: Mapping[str, Any]) -> dict[str, Any]:
    """JSON fields under their names of today; a field given under both keeps the new one's."""
    renamed = {current_name(name): value for name, value in fields.items()}
    return renamed | {name: value for name, value in fields.items() if name in renamed}
