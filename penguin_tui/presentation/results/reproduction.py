"""The reproduction of the post: a line for each part, as far as it is done."""

from collections.abc import Sequence

from engine.results.reference import PARTS, Part
from engine.results.search import PartRow, ReproduceResult
from engine.results.statistics import mean_band
from engine.runs.state import RunState, Trial
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, line, muted
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
    found = [(part, rows.get(part.name)) for part in PARTS]
    cells = tuple(_cells(part, row, state) for part, row in found)
    verdicts = tuple(row.verdict if row else _progress(part, state) for part, row in found)
    conclusion = (
        Block("Conclusion", (line(clipped(result.conclusion, 1000)),)) if result else Block()
    )
    parts = Block("Parts", header=HEADER, rows=cells, below=verdicts, notes=(muted(BRACKETS),))
    return [conclusion, parts]


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
    done = sum(trial.status != "running" for trial in trials)
    parts = [f"{done} done"] * bool(done) + ["running"] * (done < len(trials))
    return ", ".join(parts)
