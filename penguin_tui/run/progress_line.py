"""The head of a run: how far it is while it runs, what came out when it has ended."""

import time

from textual.content import Content
from textual.widget import Widget

from engine.kinds import varies
from engine.results import Interval, TrainResult, metrics
from engine.runs.state import RunState
from engine.store import RunRecord
from penguin_tui.presentation import text
from penguin_tui.search import search_head
from penguin_tui.tables.text_lines import ERROR, MUTED, WARNING

BAR = "█"
TRACK = "░"
BAR_WIDTH = 40
AS_PUBLISHED = "as published: leaks, not comparable"
WAYS_OUT = {
    "stopped": "What was learnt until then is scored below.",
    "diverged": "Try a lower learning rate.",
    "interrupted": "The engine ended while this run was at work; it has to be run again.",
    "lost": "The engine's process is gone; the run has to be run again.",
    "failed": "The engine's log has the details: penguin-tui engine log.",
}
MAX_WARNINGS = 3
SHORT = {"training": "train", "validation": "val", "test": "test"}


class ProgressLine(Widget):
    """A few lines: progress and speed, or the figures; and what the person should know."""

    DEFAULT_CSS = """
    ProgressLine { height: auto; min-height: 2; padding: 0 1; background: $surface; }
    """

    def __init__(self, next_step: str = "") -> None:
        super().__init__()
        self.next_step = next_step
        self._content = Content("")
        self._shown: tuple[RunRecord, RunState] | None = None

    def on_resize(self) -> None:
        """Deal the lines anew."""
        if self._shown is not None:
            self.show(*self._shown)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of the run."""
        self._shown = record, state
        width = self.size.width or 78
        clock = getattr(self.app, "clock", time.time)
        content = head(record, state, width, self.next_step, clock())
        if content != self._content:
            taller = content.plain.count("\n") != self._content.plain.count("\n")
            self._content = content
            self.refresh(layout=taller)

    def render(self) -> Content:
        """The lines."""
        return self._content


def head(
    record: RunRecord, state: RunState, width: int, next_step: str = "", now: float | None = None
) -> Content:
    """The lines for `width` columns as of `now`, in seconds since 1970."""
    if not record.live:
        lines = _ended(record, state, width, next_step)
    elif varies(record.kind) and record.status != "queued":
        lines = search_head.live_lines(record, state, width, time.time() if now is None else now)
    else:
        lines = _live(record, state, width)
    if record.protocol == "as_published":
        lines.append(Content.styled(AS_PUBLISHED.capitalize(), WARNING))
    lines += _warnings(state)
    return Content("\n").join(lines)


def _title(record: RunRecord) -> str:
    name = f" {text.sanitize(record.name, 30)}" if record.name else ""
    return f"Run {record.id}{name}"


def _live(record: RunRecord, state: RunState, width: int) -> list[Content]:
    done, planned = state.curve.last_epoch, record.epochs_planned
    status = record.status
    if status == "queued":
        return [
            Content.assemble((f"{_title(record)}: waiting for its turn", "bold")),
            Content.styled("It begins as soon as the engine is ready; see the line below.", MUTED),
        ]
    speed = state.epochs_per_second
    first: list[Content] = []
    if planned:
        share = min(1.0, done / planned)
        size = max(10, min(BAR_WIDTH, width - 40))
        full = round(size * share)
        first = [
            Content.assemble((BAR * full, "$accent"), (TRACK * (size - full), MUTED), "  "),
            Content.assemble(
                (f"epoch {text.count(done)} of {text.count(planned)}", "bold"),
                f"  {100 * share:3.0f} %",
            ),
        ]
    else:
        first = [Content.styled(_title(record), "bold")]
    busy = {"stopping": "stopping", "paused": "paused"}.get(status, state.phase or "starting")
    parts = [f"{_title(record)}: {busy}"]
    if planned and speed and status == "running":
        parts.append(text.rate(speed, "epochs"))
        if state.phase == "training":
            parts.append(f"{text.duration((planned - done) / speed)} left")
    keys = {
        "running": "s stops it",
        "paused": "p goes on, s stops it",
        "stopping": "it ends within two seconds; if not within five, s kills it",
    }
    second = Content.assemble(" · ".join(parts), (f" · {keys.get(status, '')}", MUTED))
    return [Content("").join(first), second]


def _ended(record: RunRecord, state: RunState, width: int, next_step: str) -> list[Content]:
    good = record.status == "finished"
    style = "bold $success" if good else f"bold {ERROR if record.status != 'stopped' else WARNING}"
    facts = [f" in {text.duration(record.seconds())}" if record.started else ""]
    result = state.result
    if good and isinstance(result, TrainResult):
        facts.append(f" · {text.sanitize(result.stop_reason)}")
        if result.epoch_kept != result.epochs_run:
            facts.append(f" · epoch {text.count(result.epoch_kept)} kept")
    lines = [Content.assemble(f"{_title(record)}: ", (record.status, style), "".join(facts))]
    if not good:
        lines += _why(record, state, next_step)
    watched = "test" if record.protocol == "as_published" else "validation"
    lines += search_head.result_lines(state, watched, width)
    lines += _figures(record, state, width)
    return lines


def _why(record: RunRecord, state: RunState, next_step: str) -> list[Content]:
    message = record.message or (state.ended.message if state.ended else "")
    hint = record.hint or (state.ended.hint if state.ended else "")
    if not hint and (record.status != "stopped" or state.result is not None):
        hint = WAYS_OUT[record.status]
    why = [Content.styled(text.sanitize(line), "bold") for line in message.splitlines() if line]
    return [*why, Content(f"{text.sanitize(hint)} {next_step}".strip())]


def _figures(record: RunRecord, state: RunState, width: int) -> list[Content]:
    found = {
        name: accuracy
        for name, part in (("training", "train"), ("validation", "val"), ("test", "test"))
        if (accuracy := _accuracy(record, state, part)) is not None
    }
    if not found:
        return []
    tail = []
    if record.parameters is not None:
        tail.append(text.counted(record.parameters, "parameter"))
    if "test" in found and record.test_evaluations:
        tail.append(f"test part scored {text.counted(record.test_evaluations, 'time')}")
    tail.append("in brackets: 95 % interval")
    last = Content.styled(" · ".join(tail), MUTED)
    names = SHORT if width < 100 else {name: name for name in SHORT}
    cells = [
        Content.assemble(
            (names[name], MUTED), " ", (text.percent(value.value), "bold"),
            text.interval(value).removeprefix(text.percent(value.value)),
        )
        for name, value in found.items()
    ]  # fmt: skip
    return [Content("   " if width >= 100 else "  ").join(cells), last]


def _accuracy(record: RunRecord, state: RunState, part: str) -> Interval | None:
    figures = record.metrics or (metrics(state.result) if state.result else {})
    value, low, high = (figures.get(f"{part}_accuracy{end}") for end in ("", "_low", "_high"))
    if value is None or low is None or high is None:
        return None
    return Interval(value=value, low=low, high=high)


def _warnings(state: RunState) -> list[Content]:
    found = state.warnings
    # the protocol's own warning is shown by its mark
    shown = [note for note in found if not note.startswith("As published:")]
    lines = [Content.styled(f"! {text.sanitize(note)}", WARNING) for note in shown[:MAX_WARNINGS]]
    if len(shown) > MAX_WARNINGS:
        more = len(shown) - MAX_WARNINGS
        lines.append(
            Content.styled(f"! and {text.counted(more, 'more warning')}: see the log", WARNING)
        )
    return lines
