"""The reproduction of the post, part by part, as far as it is done."""

from collections.abc import Sequence
from typing import Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engine.results import Band, PartRow, ReproduceResult, band
from engine.results.reference import PARTS, Part
from engine.runs.state import RunState, Trial
from engine.store import RunRecord
from penguin_tui.presentation.text import percent
from penguin_tui.tables.text_lines import aligned, heading, joined, muted

HEADER = ("part", "published test", "as published, now", "strict test, 95 % interval")
NONE = "–"


class PartsPane(VerticalScroll, can_focus=True):
    """Scrolled text: the conclusion, then a line for each part and its verdict below it."""

    BINDING_GROUP_TITLE = "Parts"
    DEFAULT_CSS = """
    PartsPane {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
        Static { height: auto; width: 100%; }
    }
    """

    def __init__(self) -> None:
        super().__init__(Static("", markup=False))
        self._shown: Content | None = None

    def show(self, record: RunRecord, state: RunState) -> None:
        """Write the table anew where something has changed."""
        content = parts(state)
        if content != self._shown:
            self._shown = content
            self.query_one(Static).update(content)


def parts(state: RunState) -> Content:
    """The whole text: from the result, or from the trials while there is none."""
    result = state.result if isinstance(state.result, ReproduceResult) else None
    rows = {row.part: row for row in result.rows} if result else {}
    cells = []
    verdicts = []
    for part in PARTS:
        row = rows.get(part.name)
        cells.append(_cells(part, row) if row else _cells_so_far(part, state))
        verdicts.append(row.verdict if row else _progress(part, state))
    header, *lines = aligned(cells, HEADER)
    table = [header]
    for line, verdict in zip(lines, verdicts, strict=True):
        table += [line, muted(f"  {verdict}")] if verdict else [line]
    about = muted(
        "In brackets: the range over seeds (as published), the 95 % interval of the mean (strict)."
    )
    conclusion = [heading("Conclusion"), Content(result.conclusion)] if result else []
    return joined([conclusion, [heading("Part by part"), *table, about]])


def _cells(part: Part, row: PartRow) -> tuple[str, ...]:
    now, low, high = row.as_published_test, row.as_published_low, row.as_published_high
    spread = ""
    if low is not None and high is not None and low != high:
        spread = f" ({_bare(low)}–{_bare(high)})"
    return (
        part.name,
        percent(part.test) if part.test is not None else NONE,
        percent(now.mean) + spread if now else NONE,
        _banded(row.strict_test),
    )


def _cells_so_far(part: Part, state: RunState) -> tuple[str, ...]:
    published, strict = (_tests(part, state, p) for p in ("as_published", "strict"))
    spread = f" ({_bare(min(published))}–{_bare(max(published))})" if len(published) > 1 else ""
    return (
        part.name,
        percent(part.test) if part.test is not None else NONE,
        percent(band(published).mean) + spread if published else NONE,
        _banded(band(strict) if strict else None),
    )


def _tests(part: Part, state: RunState, protocol: str) -> tuple[float, ...]:
    return tuple(
        accuracy
        for trial in _of(part, state)
        if trial.settings.get("protocol") == protocol
        for accuracy in trial.scores.get("test", ())
    )


def _of(part: Part, state: RunState) -> Sequence[Trial]:
    return [trial for trial in state.trials.values() if trial.group == part.name]


def _progress(part: Part, state: RunState) -> str:
    trials = _of(part, state)
    if not trials:
        return part.reading and f"published: {part.reading}"
    done = sum(trial.status != "running" for trial in trials)
    running = any(trial.status == "running" for trial in trials)
    return f"{done} done" + (", at work" if running else "")


def _banded(found: Band | None) -> str:
    if found is None:
        return NONE
    if found.repeats == 1:
        return f"{percent(found.mean)} (one run)"
    low, high = max(0.0, found.low), min(1.0, found.high)
    return f"{percent(found.mean)} ({_bare(low)}–{_bare(high)})"


def _bare(share: Any) -> str:
    return percent(share).removesuffix(" %")
