"""What the forms of all screens share: the data set, and how it is read."""

from collections.abc import Mapping
from typing import Any

from engine.specs.parsing import to_fields
from engine.specs.run_spec import RunSpec
from penguin_tui.forms.form import DATA_FIELDS, SHARED_FIELDS, filled


def data_fields(kind: str, choice: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form that follow the chosen data.

    They are those that are given, and the defaults of the shared ones that are not.
    """
    chosen = {name: value for name, value in choice.items() if name in DATA_FIELDS}
    whole = filled(kind, chosen).fields
    return {name: whole[name] for name in DATA_FIELDS if name in chosen or name in SHARED_FIELDS}


def shared_choice(spec: RunSpec, kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    """The choice of data with which all screens have those of `spec`; as it was if they do.

    `kind` is that of the form.
    """
    fields = to_fields(spec)
    shared = {name: fields[name] for name in SHARED_FIELDS}
    return choice if data_fields(kind, shared) == data_fields(kind, choice) else shared
