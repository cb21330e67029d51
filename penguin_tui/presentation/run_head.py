"""The first lines about a run: how far it is while it runs, what came out when it has ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.kinds import label_of
from engine.results.scores import NetworkResult
from engine.runs.events import ON_PURPOSE
from engine.runs.state import HALF_DONE, RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Line, Role, Span, line, muted, plain, warning
from penguin_tui.presentation.data_text import is_of
from penguin_tui.presentation.engine_text import trouble, waits_for
from penguin_tui.presentation.kinds import view_of
from penguin_tui.presentation.progress import Progress, phase_text, progress
from penguin_tui.presentation.references import reference_lines
from penguin_tui.presentation.results.scores import accuracy_lines
from penguin_tui.presentation.text import cell_width, clipped, count, counted, duration
from penguin_tui.presentation.words import STATUS_ROLES, leakage_mark

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


@dataclass(frozen=True, slots=True)
class Around:
    """Where a head is shown: `width` terminal cells, at `now` in seconds since 1970.

    `next_step` says which keys help a run that has not finished. Where there are `few_rows`,
    warnings that need more than one are counted, and `log_key` says where they are read.
    `choice` is the data that all screens use: the head of a run of other data says so.
    """

    width: int
    now: float
    next_step: str = ""
    engine: "EngineStatus | None" = None
    few_rows: bool = False
    log_key: str = ""
    choice: Mapping[str, Any] | None = None


def head_lines(record: RunRecord, state: RunState, around: Around) -> list[Line]:
    """What run it is, how it stands or ended, and what a person should know of it."""
    if record.unreadable is not None:
        return _unreadable(record, record.unreadable)
    if record.status == "queued":
        lines = _queued(record, around)
    elif record.live:
        lines = _live(record, state, around)
    else:
        lines = _ended(record, state, around)
    if mark := leakage_mark(record):
        lines.append(warning(mark))
    warnings = warning_lines(state)
    if around.few_rows and (len(warnings) > 1 or any(_long(w, around) for w in warnings)):
        number = counted(len(_warnings(state)), "warning")
        warnings = [warning(f"{number}: {around.log_key} shows the log")]
    return lines + warnings


def _long(text: Line, around: Around) -> bool:
    return cell_width(plain(text)) > around.width


def _named(record: RunRecord, said: Line, around: Around) -> list[Line]:
    """Which run it is and what is `said` of it: on one line where there is room."""
    mark: Line = ()
    if around.choice is not None and not is_of(record, around.choice):
        mark = line(" ", Span("(other data than chosen)", "warning"))
    first = line(Span(title(record), "strong"), *mark)
    together = (*first, Span(": "), *said)
    return [first, said] if _long(together, around) else [together]


def _unreadable(record: RunRecord, error: EngineError) -> list[Line]:
    """What is known of a run whose settings this version cannot read."""
    return [
        line(f"{title(record)}: ", Span(record.status, STATUS_ROLES.get(record.status, "bad"))),
        warning("This version cannot read its settings; the log shows what it reported."),
        *(muted(text) for text in str(error).splitlines()),
    ]


def title(record: RunRecord) -> str:
    """The run by number, name and kind, its data and its target."""
    name = f" “{clipped(record.name, 60)}”" if record.name else ""
    kind, data, target = label_of(record.kind), clipped(record.data, 40), clipped(record.target, 30)
    return f"Run {record.id}{name} · {kind} · {data} → {target}"


def ended_line(record: RunRecord, state: RunState) -> Line:
    """How a run ended, after how long, and for a network which epoch was kept."""
    role: Role = STATUS_ROLES.get(record.status, "bad")
    facts = [f" after {duration(record.seconds())}"] if record.started else []
    result = state.result
    if record.status == "finished" and isinstance(result, NetworkResult) and state.plan is None:
        facts.append(f" · {result.stop_reason}")
        if result.epoch_kept != result.epochs_run:
            facts.append(f" · epoch {count(result.epoch_kept)} kept")
    return line(Span(record.status, role), "".join(facts))


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
    found = _warnings(state)
    lines = [warning(note) for note in found[:MAX_WARNINGS]]
    more = len(found) - MAX_WARNINGS
    return lines + ([warning(f"{counted(more, 'more warning')}: see the log")] if more > 0 else [])


def _warnings(state: RunState) -> list[str]:
    # those of the protocol and of a leak on purpose are shown by their mark
    marked = ("As published:", ON_PURPOSE)
    return [note for note in state.warnings if not note.startswith(marked)]


def _queued(record: RunRecord, around: Around) -> list[Line]:
    unknown = "it starts as soon as the engine is ready; see the line below"
    waits = waits_for(record, around.engine) or unknown
    said = (Span("queued", "strong"),)
    return [*_named(record, said, around), muted(f"{waits[:1].upper()}{waits[1:]}.")]


def _live(record: RunRecord, state: RunState, around: Around) -> list[Line]:
    found = progress(record, state, around.now, around.engine)
    lines = [_bar(found, around.width)]
    parts = [phase_text(record, state)]
    if record.status == "running":
        # before and after a training nobody knows how long it takes
        sure = state.plan is not None or state.phase.startswith("training")
        shown = found.speed if sure else found.speed[:1]
        parts += [", ".join(shown)] if shown else []
    if state.plan is not None:
        parts += found.scores
    said = line(" · ".join(parts))
    if record.status == "stopping":
        said += muted(" · ends within two seconds; after five it can be killed")
    lines += _named(record, said, around)
    if record.status == "paused":
        return [*lines, muted(resumes_from(state))]
    wrong = trouble(around.engine)
    known = reference_lines(record, state)
    return [*lines, *known, *([warning(wrong)] if wrong else [])]


def _bar(found: Progress, width: int) -> Line:
    """How far a run is: a bar with figures beside it, or what is counted while there is none."""
    if found.fraction is None:
        return (Span(" · ".join(found.counter) or "starting", "strong"),)
    size = max(10, min(BAR_WIDTH, width - BESIDE_BAR))
    full = round(size * found.fraction)
    counter, *rest = found.counter
    tail = rest or [f"{100 * found.fraction:.0f} %"]
    return line(
        Span(BAR * full, "accent"), Span(TRACK * (size - full), "muted"), "  ",
        Span(counter, "strong"), "".join(f" · {text}" for text in tail),
    )  # fmt: skip


def resumes_from(state: RunState) -> str:
    """Where a paused run resumes, and what of it is done again then."""
    half = [trial.number for trial in state.trials.values() if trial.status in HALF_DONE]
    if state.plan is None:
        epoch = state.curve.last_epoch
        return f"Resumes after epoch {count(epoch)}." if epoch else "Resumes from its beginning."
    again = f" {counted(len(half), 'training')} begun and not ended begin again." if half else ""
    return f"Resumes with what is done kept.{again}"


def _ended(record: RunRecord, state: RunState, around: Around) -> list[Line]:
    lines = _named(record, ended_line(record, state), around)
    lines += reason_lines(record, state, around.next_step)
    if state.result is not None:
        lines += view_of(record.kind).outcome(record, state, around.width)
    scores = accuracy_lines(record, state, around.width, brief=around.few_rows)
    known = reference_lines(record, state)
    if around.few_rows and scores and known:
        together = muted(" · ".join(map(plain, (scores[-1], known[0]))))
        if not _long(together, around):
            return [*lines, *scores[:-1], together, *known[1:]]
    return [*lines, *scores, *known]
