"""Summaries of sweeps, searches and the reproduction: candidates ranked, what was chosen."""

from collections.abc import Iterator, Mapping
from statistics import fmean, pstdev
from typing import Any

from engine.results import Band, ReproduceResult, SearchResult, SweepResult
from engine.runs.state import RunState, Trial
from engine.specs.typed_text import show
from engine.store import RunRecord
from penguin_tui.cli.output.console import caution, heading, table
from penguin_tui.presentation.text import NOTHING, count, figure, percent, sanitize

LISTED_TRIALS = 20
SETTINGS = 70


def tuned_lines(
    record: RunRecord, result: SweepResult | SearchResult, state: RunState
) -> Iterator[str]:
    """The points of a sweep or the ranked candidates of a search, and what was chosen."""
    if isinstance(result, SweepResult):
        yield from _points(result, _watched(record))
        return
    yield from trial_lines(record, state)
    spread = f" ± {100 * result.selection_std:.1f}" if result.selection_std is not None else ""
    yield ""
    settings = shown_settings(result.best_settings)
    yield f"{heading('Best')}  candidate {result.best_trial}: {settings}"
    test = result.scores.test
    if test is not None:
        gap = 100 * (result.selection_score - test.accuracy.value)
        yield (
            f"It was chosen at {percent(result.selection_score)}{spread} (an optimistic figure),"
            f" and has {percent(test.accuracy.value)} on the test part: {gap:+.1f} points apart."
        )
    if result.note:
        yield caution(sanitize(result.note))
    known = [item for item in result.importances if item.value is not None]
    if known:
        rows = [["setting", "how it went with the score", ""]]
        rows += [[item.setting, item.method, figure(item.value, 3)] for item in known]
        yield ""
        yield from table(rows, right=(2,))


def trial_lines(record: RunRecord, state: RunState) -> Iterator[str]:
    """Candidates by their mean score, best first."""
    trials = sorted(state.trials.values(), key=_rank)
    rows = [["candidate", "settings", _watched(record), "epochs", "status"]]
    rows += [
        [
            str(trial.number),
            shown_settings(trial.effective_settings or trial.settings),
            _score(trial),
            count(trial.epochs),
            trial.status,
        ]
        for trial in trials[:LISTED_TRIALS]
    ]
    yield ""
    yield from table(rows, right=(0, 2, 3))
    if len(trials) > LISTED_TRIALS:
        yield f"{count(len(trials) - LISTED_TRIALS)} more are in --json."


def _watched(record: RunRecord) -> str:
    """The part that chooses: under as_published it is the test part."""
    return "test" if record.protocol == "as_published" else "validation"


def _rank(trial: Trial) -> tuple[bool, float, int]:
    scores = trial.scores.get("validation", ())
    return not scores, -fmean(scores) if scores else 0.0, trial.number


def _score(trial: Trial) -> str:
    scores = trial.scores.get("validation", ())
    if not scores:
        return NOTHING
    spread = f" ± {100 * pstdev(scores):.1f}" if len(scores) > 1 else ""
    return percent(fmean(scores)) + spread


def shown_settings(settings: Mapping[str, Any]) -> str:
    """Settings as a person would type them, sanitized and not too long."""
    return sanitize(", ".join(f"{name} {show(v)}" for name, v in settings.items()), SETTINGS)


def _points(result: SweepResult, watched: str) -> Iterator[str]:
    rows = [[result.setting, "training", watched, "95 % interval", ""]]
    for point in result.points:
        marks = [
            word
            for word, value in (("best", result.best), ("chosen", result.chosen))
            if value == point.value
        ]
        rows.append(
            [
                sanitize(show(point.value), 40),
                percent(point.train.mean),
                percent(point.validation.mean),
                _band(point.validation),
                ", ".join(marks),
            ]
        )
    yield ""
    yield from table(rows, right=(0, 1, 2, 3))
    yield "Chosen: the smallest value within one standard error of the best. Only it is tested."


def _band(value: Band) -> str:
    if value.repeats == 1:
        return "one repeat"
    # the interval of a mean knows nothing of the ends of the scale
    low, high = max(0.0, value.low), min(1.0, value.high)
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def reproduction_lines(result: ReproduceResult) -> Iterator[str]:
    """The report as it is kept, line by line."""
    yield ""
    yield from (sanitize(line, 2000) for line in result.report.splitlines())
