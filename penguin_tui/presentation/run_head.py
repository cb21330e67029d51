"""The first lines about a run: how far it is while it runs, what came out when it has ended."""

from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.results.scores import NetworkResult
from engine.runs.state import HALF_DONE, RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Line, Role, Span, line, muted, plain, warning
from penguin_tui.presentation.engine_text import trouble, waits_for
from penguin_tui.presentation.kinds import view_of
from penguin_tui.presentation.progress import phase_text, progress
from penguin_tui.presentation.references import reference_lines
from penguin_tui.presentation.scores import accuracy_lines
from penguin_tui.presentation.text import clipped, count, counted, duration
from penguin_tui.presentation.words import LEAKAGE, STATUS_ROLES, published

if TYPE_CHECKING:
    from engine.client.process import EngineStatus

BAR, TRACK, BAR_WIDTH = "█", "░", 40
# room that the text beside the bar takes
BESIDE_BAR = 52
MAX_WARNINGS = 3
WAYS_OUT = {
    "stopped": "What was learned until then is evaluated below.",
    "diverged": "Try a lower learning rate.",
    "interrupted": "The engine ended while this run was running; resume or rerun it.",
    "lost": "The engine's process is gone; resume or rerun it.",
    "failed": "The engine's log has the details: penguin-tui engine log.",
}


def head_lines(
    record: RunRecord,
    state: RunState,
    width: int,
    now: float,
    next_step: str = "",
    engine: "EngineStatus | None" = None,
) -> list[Line]:
    """The lines for `width` columns as of `now`, in seconds since 1970.

    `next_step` says which keys help a run that has not finished.
    """
    if record.unreadable is not None:
        return _unreadable(record, record.unreadable)
    if record.status == "queued":
        lines = _queued(record, engine)
    elif record.live:
        lines = _live(record, state, width, now, engine)
    else:
        lines = _ended(record, state, width, next_step)
    if published(record):
        lines.append(warning(LEAKAGE))
    return lines + warning_lines(state)


def _unreadable(record: RunRecord, error: EngineError) -> list[Line]:
    """What is known of a run whose settings this version cannot read."""
    return [
        line(f"{title(record)}: ", Span(record.status, STATUS_ROLES.get(record.status, "bad"))),
        warning("This version cannot read its settings; the log shows what it reported."),
        *(muted(text) for text in str(error).splitlines()),
    ]


def title(record: RunRecord) -> str:
    """The run by number and name."""
    return f"Run {record.id}" + (f" “{clipped(record.name, 60)}”" if record.name else "")


def ended_line(record: RunRecord, state: RunState, kind: str = "") -> Line:
    """How a run (of a `kind`) ended, after how long, and for a network which epoch was kept."""
    role: Role = STATUS_ROLES.get(record.status, "bad")
    facts = [f" after {duration(record.seconds())}"] if record.started else []
    result = state.result
    if record.status == "finished" and isinstance(result, NetworkResult) and state.plan is None:
        facts.append(f" · {result.stop_reason}")
        if result.epoch_kept != result.epochs_run:
            facts.append(f" · epoch {count(result.epoch_kept)} kept")
    what = f"{title(record)}: {kind + ', ' if kind else ''}"
    return line(what, Span(record.status, role), "".join(facts))


def reason_lines(record: RunRecord, state: RunState, next_step: str = "") -> list[Line]:
    """Why a run has no result, or ended early, and what to do."""
    if record.status == "finished":
        return []
    ended = state.ended
    message = record.message or (ended.message if ended else "")
    hint = record.hint or (ended.hint if ended else "")
    if not hint and (record.status != "stopped" or state.result is not None):
        hint = WAYS_OUT.get(record.status, "")
    texts = [text for text in message.splitlines() if text]
    last = f"{hint} {next_step}".strip()
    return [*((Span(text, "strong"),) for text in texts), *([line(last)] if last else [])]


def warning_lines(state: RunState) -> list[Line]:
    """The first few warnings; all of them are in the log."""
    # the protocol's own warning is shown by its mark
    found = [note for note in state.warnings if not note.startswith("As published:")]
    lines = [warning(note) for note in found[:MAX_WARNINGS]]
    more = len(found) - MAX_WARNINGS
    return lines + ([warning(f"{counted(more, 'more warning')}: see the log")] if more > 0 else [])


def _queued(record: RunRecord, engine: "EngineStatus | None") -> list[Line]:
    unknown = "it starts as soon as the engine is ready; see the line below"
    waits = waits_for(record, engine) or unknown
    return [
        (Span(f"{title(record)}: queued", "strong"),),
        muted(f"{waits[:1].upper()}{waits[1:]}."),
    ]


def _live(
    record: RunRecord, state: RunState, width: int, now: float, engine: "EngineStatus | None"
) -> list[Line]:
    found = progress(record, state, now, engine)
    if found.fraction is None:
        first: Line = (Span(" · ".join((title(record), *found.counter)), "strong"),)
    else:
        size = max(10, min(BAR_WIDTH, width - BESIDE_BAR))
        full = round(size * found.fraction)
        counter, *rest = found.counter
        tail = rest or [f"{100 * found.fraction:.0f} %"]
        first = line(
            Span(BAR * full, "accent"), Span(TRACK * (size - full), "muted"), "  ",
            Span(counter, "strong"), "".join(f" · {text}" for text in tail),
        )  # fmt: skip
    parts = [f"{title(record)}: {phase_text(record, state)}"]
    if record.status == "running":
        # before and after the training nobody knows how long it takes
        shown = found.speed if state.phase.startswith("training") else found.speed[:1]
        parts += [", ".join(shown)] if shown else []
    if state.plan is not None:
        parts += found.scores
    second = line(" · ".join(parts))
    if record.status == "stopping":
        said = " · ends within two seconds; after five it can be killed"
        if len(plain(second)) + len(said) <= width:
            second += muted(said)
    if record.status == "paused":
        return [first, second, muted(resumes_from(state))]
    wrong = trouble(engine)
    known = reference_lines(record, state)
    return [first, second, *known, *([warning(wrong)] if wrong else [])]


def resumes_from(state: RunState) -> str:
    """Where a paused run resumes, and what of it is done again then."""
    half = [trial.number for trial in state.trials.values() if trial.status in HALF_DONE]
    if state.plan is None:
        epoch = state.curve.last_epoch
        return f"Resumes after epoch {count(epoch)}." if epoch else "Resumes from its beginning."
    again = f" {counted(len(half), 'training')} begun and not ended begin again." if half else ""
    return f"Resumes with what is done kept.{again}"


def _ended(record: RunRecord, state: RunState, width: int, next_step: str) -> list[Line]:
    lines = [ended_line(record, state), *reason_lines(record, state, next_step)]
    if state.result is not None:
        lines += view_of(record.kind).outcome(record, state, width)
    return [*lines, *accuracy_lines(record, state, width), *reference_lines(record, state)]
