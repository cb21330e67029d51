"""What stands in a form from one start of the workbench to the next."""

from collections.abc import Mapping
from typing import Any

from engine.specs.parsing import to_fields
from engine.specs.run_spec import RunSpec
from penguin_tui.forms.form import DATA_FIELDS, defaults, filled

# by kind of run the fields that are not the defaults, and which table they were for
Forms = dict[str, dict[str, Any]]


def keep(forms: Forms, spec: RunSpec) -> None:
    """Keep the fields of a spec, as the newest of `forms`."""
    usual = defaults(spec.kind)
    changed = {name: v for name, v in to_fields(spec).items() if v != usual.get(name)}
    forms.pop(spec.kind, None)
    forms[spec.kind] = changed | {"data": spec.data, "target": spec.target}


def beginning(
    forms: Forms, kind: str, choice: Mapping[str, Any], first: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields that a form begins with on the chosen data: those kept, or else the `first`.

    Of another table only what says nothing of its columns comes back; what this version no longer
    accepts does not.
    """
    kept = forms.get(kind)
    if not isinstance(kept, dict):
        return {**choice, **first}
    if any(kept.get(name) != choice.get(name) for name in ("data", "target")):
        kept = {name: value for name, value in kept.items() if name not in DATA_FIELDS}
    fields = {**kept, **choice}
    return fields if filled(kind, fields).read().spec is not None else {**choice, **first}
