"""The head of a sweep or search: how far it is, what is best so far, what it came to."""

from collections.abc import Mapping
from statistics import fmean

from textual.content import Content

from engine.results import SearchResult, SweepResult
from engine.runs.state import RunState, Trial
from engine.specs.typed_text import show
from engine.store import RunRecord
from penguin_tui.presentation import text
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.tables.text_lines import MUTED, WARNING

BAR, TRACK, BAR_WIDTH = "█", "░", 40
# bookkeeping of Keras Tuner, which is no setting
OWN = "tuner/"


def settings_of(trial: Trial) -> dict[str, object]:
    """What was asked of a trial, without bookkeeping."""
    return {name: value for name, value in trial.settings.items() if not name.startswith(OWN)}


def score_of(trial: Trial) -> float | None:
    """The mean validation accuracy over folds, or None while there is none."""
    scores = trial.scores.get("validation")
    return fmean(scores) if scores else None


def value_text(value: object) -> str:
    """A setting as briefly as a table wants it: four digits tell two rates apart."""
    if value is None:
        return text.NOTHING
    return f"{value:.4g}" if isinstance(value, float) else text.sanitize(show(value), 30)


def settings_text(settings: Mapping[str, object], limit: int = 70) -> str:
    """Settings on one line."""
    parts = [f"{setting_label(name)} {value_text(value)}" for name, value in settings.items()]
    return text.clipped(", ".join(parts), limit)


def best_trial(state: RunState) -> Trial | None:
    """The trial of the highest score so far, the first of equals."""
    scored = [(score_of(trial), trial) for trial in state.trials.values()]
    known = [(score, trial) for score, trial in scored if score is not None]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def live_lines(record: RunRecord, state: RunState, width: int, now: float) -> list[Content]:
    """Progress bar, trainings, epochs, speed, time left, best so far."""
    plan = state.plan
    if plan is None:
        return [
            Content.styled(f"Run {record.id}: {state.phase or 'starting'}", "bold"),
            Content.styled("The number of trainings is told in a moment.", MUTED),
        ]
    done = state.epochs_done
    share = min(1.0, done / plan.epochs) if plan.epochs else 0.0
    ended = sum(trial.status != "running" for trial in state.trials.values())
    size = max(10, min(BAR_WIDTH, width - 52))
    full = round(size * share)
    noun = "training" if record.kind == "sweep" else "candidate"
    epochs = f"epoch {text.count(done)} of {text.count(plan.epochs)}"
    first = Content.assemble(
        (BAR * full, "$accent"), (TRACK * (size - full), MUTED), "  ",
        (f"{noun} {text.count(ended)} of {text.count(plan.trials)}", "bold"),
        f" · {epochs}",
    )  # fmt: skip
    return [first, _second(record, state, width, now)]


def _second(record: RunRecord, state: RunState, width: int, now: float) -> Content:
    plan = state.plan
    status = record.status
    busy = {"stopping": "stopping", "paused": "paused"}.get(status, state.phase or "starting")
    parts = [f"Run {record.id}: {text.sanitize(busy, 40)}"]
    pace = state.pace(now)
    if plan is not None and pace is not None and status == "running":
        left = max(0, plan.epochs - state.epochs_done) / pace
        if left and state.phase.startswith("training"):
            parts.append(f"{text.rate(pace, 'epochs')}, {text.duration(left)} left")
    best = best_trial(state)
    if best is not None and record.kind != "sweep":
        parts.append(f"best so far {text.percent(score_of(best))}")
    keys = {
        "running": "s stops, k skips",
        "paused": "p goes on, s stops",
        "stopping": "it ends within two seconds; if not within five, s kills it",
    }.get(status, "")
    line = " · ".join(parts)
    # where there is no room the keys are in the last line of the screen
    shown = f" · {keys}" if keys and len(line) + len(keys) + 5 <= width else ""
    return Content.assemble(line, (shown, MUTED))


def result_lines(state: RunState, watched: str, width: int) -> list[Content]:
    """What a finished sweep or search came to, in a sentence or two; nothing of other runs."""
    result = state.result
    if isinstance(result, SweepResult):
        return [chosen_sentence(result, watched)]
    if isinstance(result, SearchResult):
        lines = [_selection(result, width)]
        if result.note:
            lines.insert(0, Content.styled(f"! {text.sanitize(result.note)}", f"bold {WARNING}"))
        return lines
    return []


def chosen_sentence(result: SweepResult, watched: str) -> Content:
    """Which value was chosen, and why."""
    name = setting_label(result.setting)
    chosen, best = show(result.chosen), show(result.best)
    point = next((p for p in result.points if p.value == result.best), None)
    told = f" ({text.percent(point.validation.mean)} {watched})" if point is not None else ""
    repeated = point is not None and point.validation.repeats > 1
    if result.chosen == result.best:
        why = f": it has the highest mean{told}" if repeated else f": the highest accuracy{told}"
    else:
        why = f", the smallest within one standard error of the best, {best}{told}"
    value = f"{name} {text.sanitize(chosen, 30)}"
    return Content.assemble("Chosen: ", (value, "bold $accent"), f"{why}.")


def _selection(result: SearchResult, width: int) -> Content:
    """Best settings, and the selection score beside the test score."""
    best = {n: v for n, v in result.best_settings.items() if not n.startswith(OWN)}
    spread = f" ± {100 * result.selection_std:.1f}" if result.selection_std is not None else ""
    parts: list[str | tuple[str, str]] = [
        "Best: ", (settings_text(best, max(40, width - 8)), "bold $accent"), "\n",
        f"chosen at {text.percent(result.selection_score)}{spread}",
    ]  # fmt: skip
    test = result.scores.test
    if test is not None:
        gap = 100 * (result.selection_score - test.accuracy.value)
        parts.append(f"; {text.percent(test.accuracy.value)} on the test part, ")
        parts.append((gap_words(gap), "bold"))
    return Content.assemble(*parts)


def gap_words(points: float) -> str:
    """The gap between selection and test score in words."""
    if abs(points) < 0.05:
        return "just as high"
    return f"{abs(points):.1f} points {'lower' if points > 0 else 'higher'}"
