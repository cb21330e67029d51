"""What a person does to the chosen data: the fields of a data spec, before and after.

None of these changes what it is given.
"""

from collections.abc import Mapping
from typing import Any

from engine.results.describe import ColumnFacts
from penguin_tui.data.path_completion import absolute

# of another file these are kept, and those of columns are not
_OF_ANY_FILE = (
    "protocol", "validation_fraction", "test_fraction", "split_seed", "category_encoding",
    "scaling", "imputation", "missing_categories",
)  # fmt: skip
_OF_COLUMNS = ("features", "exclude", "include", "column_types")


def with_excluded(choice: Mapping[str, Any], column: ColumnFacts) -> dict[str, Any]:
    """The choice with the column excluded, or included again where it was.

    One that the engine has excluded by itself, such as a row number, is named in `include`.
    """
    named = {
        name: [other for other in choice.get(name) or () if other != column.name]
        for name in ("exclude", "include", "features")
    }
    if column.role == "feature":
        named["exclude"].append(column.name)
    else:
        if column.name not in (choice.get("exclude") or ()):
            named["include"].append(column.name)
        if choice.get("features"):
            named["features"].append(column.name)
    kept = {name: names for name, names in named.items() if name == "exclude" or choice.get(name)
            or names}  # fmt: skip
    return {**choice, **kept}


def with_other_type(choice: Mapping[str, Any], column: ColumnFacts) -> dict[str, Any]:
    """The choice with the column read as the other type."""
    other = "categorical" if column.type == "numeric" else "numeric"
    types = {**(choice.get("column_types") or {}), column.name: other}
    return {**choice, "column_types": types}


def with_target(choice: Mapping[str, Any], target: str) -> dict[str, Any]:
    """The choice with another target, about which the settings of columns say nothing any more."""
    others = {name: value for name, value in choice.items() if name not in _OF_COLUMNS}
    return others | _columns_without(choice, target) | {"target": target}


def with_file(
    choice: Mapping[str, Any], path: str, target: str, reading: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields for a file and its target; `reading` says how it is written, as far as told."""
    kept = {name: choice[name] for name in _OF_ANY_FILE if name in choice}
    if choice.get("data") == absolute(path):
        kept |= _columns_without(choice, target)
    return kept | {"data": absolute(path), "target": target, **reading}


def _columns_without(choice: Mapping[str, Any], target: str) -> dict[str, Any]:
    """The settings of columns without the one that has become the target."""
    found: dict[str, Any] = {}
    for name in _OF_COLUMNS:
        value = choice.get(name)
        if isinstance(value, Mapping):
            found[name] = {column: kind for column, kind in value.items() if column != target}
        elif value:
            found[name] = [column for column in value if column != target]
    return found
