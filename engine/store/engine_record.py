"""What the store says of the engine process."""

import json
import logging
from dataclasses import dataclass
from typing import Literal, get_args

log = logging.getLogger("engine")

EngineState = Literal["starting", "loading", "ready", "closing"]


@dataclass(frozen=True, slots=True)
class EngineRecord:
    """Who the engine process is and what it is busy with."""

    pid: int
    host: str
    boot: str
    started: float
    version: str
    schema: int
    state: EngineState
    detail: str
    # how many runs it works on at once; engines of earlier versions did not say
    places: int = 0


def engine_record(text: str) -> EngineRecord | None:
    """Read an engine's record; None for one that no engine has written.

    The next engine writes its own: nothing needs to wait for a person.
    """
    try:
        found = json.loads(text)
        if found["state"] not in get_args(EngineState):
            raise ValueError(f"an engine is never {found['state']}")
        return EngineRecord(
            int(found["pid"]),
            str(found["host"]),
            str(found["boot"]),
            float(found["started"]),
            str(found["version"]),
            int(found["schema"]),
            found["state"],
            str(found["detail"]),
            int(found.get("places", 0)),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        log.info("the store's record of the engine is not one: ignored (%s)", error)
        return None
