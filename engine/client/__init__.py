"""How the workbench and the command line use the engine: submit, stop, follow."""

from engine.client.following import follow
from engine.client.process import (
    EngineStatus,
    engine_status,
    ensure_engine,
    other_version,
    reconcile,
    stop_engine,
)
from engine.client.submission import (
    checked,
    kill_run,
    may_kill,
    rerun,
    resume_run,
    stop_run,
    submit,
)

__all__ = [
    "EngineStatus",
    "checked",
    "engine_status",
    "ensure_engine",
    "follow",
    "kill_run",
    "may_kill",
    "other_version",
    "reconcile",
    "rerun",
    "resume_run",
    "stop_engine",
    "stop_run",
    "submit",
]
