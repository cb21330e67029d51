"""The trials of a search: ranked, in cells, with what has to be known of one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.runs.ranking import mean_score, own_settings, ranked, score_std
from engine.runs.state import Curve, RunState, Trial
from engine.specs.typed_text import show
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, cells_block, line, muted, warning
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import NOTHING, clipped, count, duration, mean_std, percent
from penguin_tui.presentation.words import (
    SD_OVER_FOLDS,
    SHORT_SETS,
    STATUS_ROLES,
    published,
    selection_set,
)

SETTING_WIDTHS = (8, 14)
LISTED_TRIALS = 20
# a rate is kept with 32 bits
SAME = 1e-6


def value_text(value: object) -> str:
    """A setting as briefly as a table wants it: four digits tell two rates apart."""
    if value is None:
        return NOTHING
    return f"{value:.4g}" if isinstance(value, float) else clipped(show(value), 30)


def settings_text(settings: Mapping[str, Any], limit: int = 70) -> str:
    """Settings on one line, without bookkeeping."""
    own = own_settings(dict(settings))
    parts = [f"{setting_label(name)} {value_text(value)}" for name, value in own.items()]
    return clipped(", ".join(parts), limit)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A trial with its place among those that are scored, and its epochs so far."""

    trial: Trial
    place: int | None
    score: float | None
    epochs: int

    @property
    def role(self) -> str:
        """How its settings and score are coloured: the best trial stands out."""
        return "accent" if self.place == 1 else ""


def ranked_trials(state: RunState) -> list[Ranked]:
    """All trials: scored ones best first, then running ones, then the others."""
    found = []
    for place, trial in enumerate(ranked(state), start=1):
        score = mean_score(trial)
        scored = score is not None
        found.append(Ranked(trial, place if scored else None, score, _epochs(state, trial)))
    return found


def _epochs(state: RunState, trial: Trial) -> int:
    if trial.status != "running":
        return trial.epochs
    return sum(len(curve) for curve in folds_of(state, trial.number).values())


def folds_of(state: RunState, trial: int) -> dict[int, Curve]:
    """The curves of a trial by fold, as far as there are any."""
    found = {}
    fold = 0
    while len(curve := state.curve_of(trial, fold)):
        found[fold] = curve
        fold += 1
    return found


# a column, and what it shows of a trial
TrialColumn = tuple[Column, Callable[[Ranked], Cell]]


def trial_columns(record: RunRecord) -> list[TrialColumn]:
    """The columns of a search; where room is short folds and durations go first."""
    spec: Any = record.spec
    folds, selection = getattr(spec, "folds", 1), selection_set(record)
    short = SHORT_SETS["test" if published(record) else "validation"]
    score = f"{short} ± {SD_OVER_FOLDS}" if folds > 1 else selection
    found: list[TrialColumn] = [
        (Column("place", "", 3, right=True), lambda r: (str(r.place or ""), r.role or "muted")),
        (Column("trial", "trial", 5, right=True, rank=4), lambda r: _muted(count(r.trial.number))),
    ]
    if hasattr(spec, "max_epochs"):
        found.append((Column("rung", "rung", 5, rank=3), lambda r: _muted(_rung(r.trial))))
    low, high = SETTING_WIDTHS
    for name in getattr(spec, "vary", {}):
        width = max(low, min(high, len(name)))
        column = Column(f"set {name}", setting_label(name), width, right=True, rank=1)
        found.append((column, partial(_setting, name)))
    found.append(
        (
            Column("score", score, max(13, len(score)), right=True),
            lambda r: (mean_std(r.score, score_std(r.trial)), r.role),
        )
    )
    if folds > 1:
        column = Column("folds", "each fold", min(40, 5 * folds + 1), rank=6)
        found.append((column, lambda r: _muted(_folds(r.trial))))
    return [
        *found,
        (Column("epochs", "epochs", 6, right=True, rank=7), lambda r: _muted(count(r.epochs))),
        (Column("duration", "duration", 8, right=True, rank=8), lambda r: _muted(_span(r.trial))),
        (Column("status", "status", 8), lambda r: (r.trial.status, STATUS_ROLES[r.trial.status])),
    ]


def trial_cells(columns: Sequence[TrialColumn], item: Ranked) -> tuple[Cell, ...]:
    """A cell for each column."""
    return tuple(cell(item) for _, cell in columns)


def _muted(text: str) -> Cell:
    return text, "muted"


def _rung(trial: Trial) -> str:
    """A group such as "bracket 2, rung 1" as "b2 r1"."""
    return clipped(trial.group.replace("bracket ", "b").replace(", rung ", " r"), 8)


def _setting(name: str, item: Ranked) -> Cell:
    return value_text(item.trial.settings.get(name)), item.role


def _folds(trial: Trial) -> str:
    return " ".join(f"{100 * fold:.1f}" for fold in trial.scores.get("validation", ()))


def _span(trial: Trial) -> str:
    return duration(trial.seconds)


def trials_blocks(record: RunRecord, state: RunState, brief: bool) -> list[Block]:
    """The best trials as a table to be read rather than scrolled."""
    if not state.trials:
        return []
    columns, found = trial_columns(record), ranked_trials(state)
    more = len(found) - LISTED_TRIALS
    notes = (muted(f"{count(more)} more are in --json."),) if more > 0 else ()
    rows = (trial_cells(columns, item) for item in found[:LISTED_TRIALS])
    return [cells_block("Trials", [column for column, _ in columns], rows, notes)]


def trial_details(item: Ranked) -> list[Line]:
    """What the table has no room for: requested and effective settings, folds."""
    trial = item.trial
    requested, effective = own_settings(trial.settings), own_settings(trial.effective_settings)
    epochs, most = effective.get("epochs"), effective.get("epochs_at_most")
    early = epochs is not None and most is not None and epochs < most
    # early stopping is what was requested, too
    compared = effective | ({"epochs": most} if early else {})
    different = {
        name: value
        for name, value in compared.items()
        if name in requested and not _same(requested[name], value)
    }
    lines = [line(f"trial {trial.number}: {settings_text(requested, 300)}")]
    if different:
        lines.append(warning(f"effective settings differ: {settings_text(different, 300)}"))
    elif effective:
        lines.append(line(f"effective: {settings_text(effective, 300)}"))
    if early:
        lines.append(line(f"stopped early, after {epochs:,} of {most:,} epochs"))
    folds = trial.scores.get("validation", ())
    if len(folds) > 1:
        lines.append(line(f"folds: {', '.join(percent(fold) for fold in folds)}"))
    elif trial.group:
        lines.append(line(clipped(trial.group, 80)))
    return lines


def _same(requested: Any, effective: Any) -> bool:
    """Whether a setting took effect as requested.

    Of what is reported layer by layer the last layer counts, the only one that
    always has it.
    """
    numbers = (int, float)
    if isinstance(effective, Sequence) and not isinstance(effective, str):
        if not isinstance(requested, Sequence) or isinstance(requested, str):
            return bool(effective) and _same(requested, effective[-1])
    elif isinstance(requested, numbers) and isinstance(effective, numbers):
        return abs(requested - effective) <= SAME * max(abs(requested), abs(effective), 1e-12)
    return bool(requested == effective)
