"""What the engine does, and why nothing new is seen: for the status line, heads and commands."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from penguin_tui.presentation.text import clock, counted, duration, ordinal

if TYPE_CHECKING:
    from engine.client.process import EngineStatus
    from engine.store.heartbeat import Heartbeat
    from engine.store.records import RunRecord

# a moment in which nothing could be saved is not worth a word
UNSAVED_SECONDS = 2


def engine_label(status: "EngineStatus") -> str:
    """How the engine stands, in a few words."""
    work = work_text(status)
    if found := trouble(status):
        return f"engine: {found[:1].lower()}{found[1:].rstrip('.')}"
    match status.state:
        case "stopped":
            return "engine: not running"
        case "starting":
            return "engine: starting"
        case "loading":
            return f"engine: {status.detail}{f' · {work}' if status.busy else ''}"
        case _:
            return f"engine: {work}" if status.busy else "engine: idle"


def work_text(status: "EngineStatus") -> str:
    """How many runs are running and queued."""
    return f"{status.running} running" + (f", {status.queued} queued" if status.queued else "")


def trouble(status: "EngineStatus | None") -> str:
    """Why what is shown of running runs may not be how they stand now; empty when all is well."""
    if status is None:
        return ""
    if status.silent_since is not None:
        since = clock(status.silent_since)
        return f"Nothing heard from the engine since {since} ({duration(status.silent_for)})."
    if status.unsaved_for > UNSAVED_SECONDS:
        return f"Not saved for {status.unsaved_for} s: {status.unsaved_cause}."
    if status.state == "stopped" and status.running and status.unsaved_cause:
        return "The engine has ended, and the end of its runs could not be saved."
    return ""


def waits_for(record: "RunRecord", status: "EngineStatus | None") -> str:
    """What a queued run waits for; empty where that is not known."""
    if status is None or status.state == "stopped":
        return ""
    ahead = [run for run in status.queue if run < record.id]
    if ahead:
        return f"{ordinal(len(ahead) + 1)} in the queue, behind run {ahead[-1]}"
    if status.places and status.running >= status.places:
        return f"waits for a place: {status.running} of {status.places} running"
    return status.detail or f"the engine is {status.state}"


def queue_text(records: "Iterable[RunRecord]", status: "EngineStatus") -> str:
    """What the first of the queued runs among `records` waits for; empty where none is queued."""
    queued = [record for record in records if record.status == "queued"]
    first = min(queued, key=lambda record: record.id, default=None)
    waits = waits_for(first, status) if first is not None else ""
    return f"Run {first.id}: {waits}." if first is not None and waits else ""


def ended_text(ended: str, running: int, beat: "Heartbeat | None") -> list[str]:
    """How the engine has ended, what became of so many runs, and what could not be saved."""
    unsaved = beat.ended if beat is not None else ()
    running = max(0, running - len(unsaved))
    first = (
        "The engine did not answer and was killed."
        if ended == "killed"
        else "The engine has ended."
    )
    found = [f"{first} {counted(running, 'run')} interrupted." if running else first]
    if running and beat is not None and beat.unsaved_for > UNSAVED_SECONDS:
        found.append(
            f"What was done in the last {duration(beat.unsaved_for)} could not be saved"
            f" ({beat.cause}); it is done again when they resume."
        )
    if unsaved:
        runs = ", ".join(str(run) for run in unsaved)
        found.append(
            f"That run {runs} had ended is not saved: it is shown as lost, and can resume."
        )
    return found
