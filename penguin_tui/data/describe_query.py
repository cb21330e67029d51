"""The query behind the Data screen: what is in the chosen file, answered once or remembered."""

from collections.abc import Mapping
from typing import Any

from engine.client import queries
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.specs.describe import DescribeSpec
from engine.specs.run_spec import RunSpec
from engine.store.store import Store

KIND = "describe"
ASKER = "data screen"


def describe_spec(choice: Mapping[str, Any]) -> RunSpec:
    """The describe spec of the chosen data; raises `InvalidSpec`."""
    fields = {name: choice[name] for name in DescribeSpec.model_fields if name in choice}
    return make_spec("describe", fields | {"kind": "describe"})


def ask(store: Store, spec: RunSpec, *, engine: bool) -> int | EngineError:
    """The number of a new query in place of the one before, or why there can be none.

    What was answered before for the same file, unchanged since, is answered at
    once. With `engine=False` no engine is started for it.
    """
    try:
        return queries.ask(store, KIND, spec, ASKER, engine=engine)
    except EngineError as error:
        return error
