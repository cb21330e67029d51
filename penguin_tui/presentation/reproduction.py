"""The reproduction of the post: a line for each part, as far as it is done."""

from collections.abc import Sequence

from engine.results.reference import PARTS, Part
from engine.results.search import PartRow, ReproduceResult
from engine.results.statistics import mean_band
from engine.runs.state import RunState, Trial
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, aligned, line, muted
from penguin_tui.presentation.text import NOTHING, bounds, clipped, percent
from penguin_tui.presentation.text import band as band_text

HEADER = ("part", "published test", "as published, now", "strict test, 95 % interval")
BRACKETS = (
    "In brackets: the range over seeds (as published), the 95 % interval of the mean and what it"
    " covers (strict)."
)


def reproduction_blocks(record: RunRecord, state: RunState, brief: bool) -> list[Block]:
    """The conclusion, then the parts: from the result, or from the trials while there is none."""
    result = state.result if isinstance(state.result, ReproduceResult) else None
    rows = {row.part: row for row in result.rows} if result else {}
    cells, verdicts = [], []
    for part in PARTS:
        row = rows.get(part.name)
        cells.append(_cells(part, row, state))
        verdicts.append(row.verdict if row else _progress(part, state))
    head, *texts = aligned([HEADER, *cells], left=1)
    lines: list[Line] = [muted(head)]
    for text, verdict in zip(texts, verdicts, strict=True):
        lines += [line(text), muted(f"  {verdict}")] if verdict else [line(text)]
    conclusion = (
        Block("Conclusion", (line(clipped(result.conclusion, 1000)),)) if result else Block()
    )
    return [conclusion, Block("Parts", tuple(lines), notes=(muted(BRACKETS),))]


def _cells(part: Part, row: PartRow | None, state: RunState) -> tuple[str, ...]:
    if row is not None:
        now, strict = row.as_published_test, row.strict_test
        low, high = row.as_published_low, row.as_published_high
    else:
        tests = _tests(part, state, "as_published")
        so_far = _tests(part, state, "strict")
        now, strict = (
            mean_band(found).without_bounds() if found else None for found in (tests, so_far)
        )
        low, high = min(tests, default=None), max(tests, default=None)
    spread = ""
    if low is not None and high is not None and low != high:
        spread = f" ({bounds(low, high)})"
    published = percent(now.mean) + spread if now else NOTHING
    return part.name, percent(part.test), published, band_text(strict)


def _tests(part: Part, state: RunState, protocol: str) -> tuple[float, ...]:
    return tuple(
        accuracy
        for trial in _trials(part, state)
        if trial.settings.get("protocol") == protocol
        for accuracy in trial.scores.get("test", ())
    )


def _trials(part: Part, state: RunState) -> Sequence[Trial]:
    return [trial for trial in state.trials.values() if trial.group == part.name]


def _progress(part: Part, state: RunState) -> str:
    trials = _trials(part, state)
    if not trials:
        return part.reading and f"published: {part.reading}"
    running = any(trial.status == "running" for trial in trials)
    done = sum(trial.status != "running" for trial in trials)
    return f"{done} done" + (", running" if running else "")
