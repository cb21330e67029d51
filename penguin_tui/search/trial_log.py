"""The log of a run with many trainings: what was noted, and every training as it ended."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from engine.runs.state import RunState, Trial
from engine.store import RunRecord
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.text import count, counted, percent, sanitize
from penguin_tui.run.live_pane import LivePane
from penguin_tui.search.search_head import score_of, settings_of, settings_text
from penguin_tui.tables.row_table import RowTable

MAX_TEXT = 200
COLUMNS = (Column("at", "time", 8), Column("text", "", 0, most=MAX_TEXT))
EMPTY = ("", "Nothing has happened yet.")
STYLES = {"failed": "bad", "diverged": "bad", "skipped": "muted", "stopped": "muted"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """What happened at a moment (seconds since 1970); `number` tells lines of a moment apart."""

    at: float
    number: int
    text: str
    style: str = ""


def log_lines(record: RunRecord, state: RunState) -> list[LogLine]:
    """All lines in the order in which they happened."""
    return sorted(_lines(record, state), key=lambda line: (line.at, line.number))


def _lines(record: RunRecord, state: RunState) -> Iterator[LogLine]:
    begun = record.started or 0.0
    if state.data is not None:
        parts = ", ".join(f"{count(rows)} {name}" for name, rows in state.data.split_rows.items())
        yield LogLine(begun, -2, f"{counted(len(state.data.features), 'input')}, rows: {parts}")
    if state.plan is not None:
        plan = state.plan
        planned = f"{counted(plan.trainings, 'training')}, {counted(plan.epochs, 'epoch')} planned"
        yield LogLine(plan.at, -1, planned)
    for number, note in enumerate(state.notes):
        warning = note.level == "warning"
        text = sanitize(note.text, MAX_TEXT)
        yield LogLine(note.at, number, f"! {text}" if warning else text, "warning" * warning)
    noun = "training" if record.kind == "sweep" else "candidate"
    for trial in state.trials.values():
        if trial.ended is not None:
            text = _ended(trial, noun)
            yield LogLine(trial.ended, trial.number, text, STYLES.get(trial.status, ""))
    if state.ended is not None:
        said = f": {sanitize(state.ended.message, MAX_TEXT)}" if state.ended.message else ""
        yield LogLine(state.ended.at, len(state.trials), f"{state.ended.status}{said}", "accent")


def _ended(trial: Trial, noun: str) -> str:
    group = f" ({sanitize(trial.group, 40)})" if trial.group else ""
    score = score_of(trial)
    scored = f", validation {percent(score)}" if score is not None else ""
    return (
        f"{noun} {count(trial.number)}{group} {trial.status}: {settings_text(settings_of(trial))}"
        f"{scored}, {counted(trial.epochs, 'epoch')}"
    )


def line_cells(line: LogLine) -> tuple[Cell, ...]:
    """A cell for each of `COLUMNS`."""
    return (time.strftime("%H:%M:%S", time.localtime(line.at)), "muted"), (line.text, line.style)


class TrialLog(LivePane):
    """The lines, the newest in sight while the run is at work."""

    BINDING_GROUP_TITLE = "Log"
    DEFAULT_CSS = "TrialLog { height: 1fr; }"
    PARTS = ("lines",)

    def compose(self) -> Iterator[RowTable[LogLine]]:
        """The table."""
        yield RowTable(COLUMNS, line_cells, lambda line: (line.at, line.number, line.text))

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Show the lines."""
        table: RowTable[LogLine] = self.query_one(RowTable)
        at_end = not table.items or table.current is table.items[-1]
        table.show(log_lines(record, self.state), empty=EMPTY)
        if at_end and record.live:
            table.move_to(len(table.items) - 1)
