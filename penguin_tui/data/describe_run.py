"""The describe run behind the Data screen: the stored one where there is one, else a new one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import client
from engine.environment.provenance import data_difference
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.specs import DescribeSpec, RunSpec
from engine.store import Store


def describe_spec(choice: Mapping[str, Any]) -> RunSpec:
    """The describe spec of the chosen data; raises `InvalidSpec`."""
    fields = {name: choice[name] for name in DescribeSpec.model_fields if name in choice}
    return make_spec("describe", fields | {"kind": "describe"})


def find_or_submit(store: Store, spec: RunSpec, *, engine: bool) -> int | EngineError:
    """The id of a describe run of exactly this spec, or why there can be none.

    A stored run serves when it has finished or is on its way, and the file has
    not changed since. With `engine=False` a new run is queued and no engine started.
    """
    try:
        spec = client.checked(spec)
        found = _stored(store, spec)
        if found is not None:
            return found
        return client.submit(store, spec) if engine else store.submit(spec)
    except EngineError as error:
        return error


def _stored(store: Store, spec: RunSpec) -> int | None:
    for record in store.runs():
        if (record.kind, record.data) != ("describe", Path(spec.data).name):
            continue
        usable = record.status == "finished" or record.live
        if usable and record.spec == spec and not data_difference(spec, record.data_sha256):
            return record.id
    return None
