"""What the engine says of itself every two seconds, also when nothing else can be written.

It stands in the engine's lock file, whose bytes are there from the start and
are written over: that needs no room on the disk. Who reads sees by it that the
engine is at work, and what it could not save.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.environment import clock
from engine.environment.memory import kills_for_memory
from engine.store.locks import engine_alive, sign_engine_lock, signature

BEAT_SECONDS = 2.0
# two beats that did not come
SILENT_SECONDS = 2 * BEAT_SECONDS + 1.0
# of what would not fit into the room there is
_CAUSE_CHARACTERS, _ENDED_RUNS = 200, 20


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life: `at` is when, in seconds since 1970.

    `beat` and `unsaved_since` are by the clock that all processes of a machine
    share and nobody sets (`clock.steady`). `ended` are runs whose end is not
    saved; `cause` says why, in the middle of a sentence. `memory_kills` is the system's figure
    (`environment.memory.kills_for_memory`), -1 where it has none.
    """

    at: float = 0.0
    beat: float = 0.0
    unsaved_since: float | None = None
    cause: str = ""
    ended: tuple[int, ...] = ()
    memory_kills: int = -1

    @property
    def silent_for(self) -> float:
        """Seconds since the engine was heard, once two beats are missing; else 0."""
        silent = clock.steady() - self.beat
        return silent if silent > SILENT_SECONDS else 0.0

    @property
    def unsaved_for(self) -> float:
        """Seconds for which nothing could be saved; 0 when all is well."""
        since = self.unsaved_since
        return 0.0 if since is None else max(0.0, clock.steady() - since)


def beat(
    home: Path, unsaved_since: float | None = None, cause: str = "", ended: tuple[int, ...] = ()
) -> None:
    """Give a sign of life; for the engine's main thread."""
    now = Heartbeat(
        clock.now(),
        clock.steady(),
        unsaved_since,
        cause[:_CAUSE_CHARACTERS],
        ended[:_ENDED_RUNS],
        kills_for_memory(),
    )
    sign_engine_lock(home, **asdict(now))


def last_heartbeat(home: Path) -> Heartbeat | None:
    """The last sign of life of any engine there was; None where none can be read."""
    try:
        found = json.loads(signature(home))
        since = found["unsaved_since"]
        return Heartbeat(
            float(found["at"]),
            float(found["beat"]),
            None if since is None else float(since),
            str(found["cause"]),
            tuple(int(run) for run in found["ended"]),
            # engines of earlier versions did not say
            int(found.get("memory_kills", -1)),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def heartbeat(home: Path) -> Heartbeat | None:
    """The last sign of life of an engine that is alive; None where none is."""
    return last_heartbeat(home) if engine_alive(home) else None
