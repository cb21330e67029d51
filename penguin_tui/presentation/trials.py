"""The trials of a search: ranked, in cells, with what has to be known of one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.runs.ranking import mean_score, own_settings, ranked, score_std
from engine.runs.state import Curve, RunState, Trial
from engine.specs.typed_text import show
from engine.store import RunRecord
from penguin_tui.presentation.blocks import Block, Line, line, muted, warning
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import (
    NOTHING,
    clipped,
    count,
    duration,
    mean_std,
    percent,
    sanitize,
)
from penguin_tui.presentation.words import STATUS_ROLES, selection_set

SETTING_WIDTHS = (8, 14)
LISTED_TRIALS = 20
# a rate is held with 32 bits
SAME = 1e-6


def value_text(value: object) -> str:
    """A setting as briefly as a table wants it: four digits tell two rates apart."""
    if value is None:
        return NOTHING
    return f"{value:.4g}" if isinstance(value, float) else sanitize(show(value), 30)


def settings_text(settings: Mapping[str, Any], limit: int = 70) -> str:
    """Settings on one line, without bookkeeping."""
    own = own_settings(dict(settings))
    parts = [f"{setting_label(name)} {value_text(value)}" for name, value in own.items()]
    return clipped(sanitize(", ".join(parts), max(limit, 1000)), limit)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A trial with its place among those that are scored, and its epochs so far."""

    trial: Trial
    place: int | None
    score: float | None
    epochs: int


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


@dataclass(frozen=True, slots=True)
class TrialColumns:
    """Which columns the trials of a search have: its settings, its folds, its rungs."""

    settings: tuple[str, ...]
    folds: int
    rungs: bool
    selection: str

    @classmethod
    def of(cls, record: RunRecord) -> "TrialColumns":
        """The columns of a search."""
        spec: Any = record.spec
        names, folds = tuple(getattr(spec, "vary", {})), getattr(spec, "folds", 1)
        return cls(names, folds, hasattr(spec, "max_epochs"), selection_set(record))

    def columns(self) -> list[Column]:
        """Where room is short folds and durations go first."""
        low, high = SETTING_WIDTHS
        names = [(name, setting_label(name)) for name in self.settings]
        short = {"validation": "val."}.get(self.selection, self.selection)
        score = f"{short} ± std" if self.folds > 1 else self.selection
        return [
            Column("place", "", 3, right=True),
            Column("trial", "trial", 5, right=True, rank=4),
            *([Column("rung", "rung", 5, rank=3)] if self.rungs else []),
            *(
                Column(f"set {name}", label, max(low, min(high, len(name))), right=True, rank=1)
                for name, label in names
            ),
            Column("score", score, 13, right=True),
            *self._fold_column(),
            Column("epochs", "epochs", 6, right=True, rank=7),
            Column("duration", "duration", 8, right=True, rank=8),
            Column("status", "status", 8),
        ]

    def _fold_column(self) -> list[Column]:
        if self.folds < 2:
            return []
        return [Column("folds", "each fold", min(40, 5 * self.folds + 1), rank=6)]

    def cells(self, item: Ranked) -> tuple[Cell, ...]:
        """A cell for each column."""
        trial = item.trial
        best = "accent" if item.place == 1 else ""
        took = trial.ended - trial.started if trial.ended is not None else None
        folds = " ".join(f"{100 * fold:.1f}" for fold in trial.scores.get("validation", ()))
        return (
            (f"{item.place}" if item.place else "", best or "muted"),
            (count(trial.number), "muted"),
            *([(rung_text(trial.group), "muted")] if self.rungs else []),
            *((value_text(trial.settings.get(name)), best) for name in self.settings),
            (mean_std(item.score, score_std(trial)), best),
            *([(folds, "muted")] if self.folds > 1 else []),
            (count(item.epochs), "muted"),
            (duration(took), "muted"),
            (trial.status, STATUS_ROLES.get(trial.status, "")),
        )


def rung_text(group: str) -> str:
    """A group such as "bracket 2, rung 1" as "b2 r1"."""
    return sanitize(group.replace("bracket ", "b").replace(", rung ", " r"), 8)


def trials_block(record: RunRecord, state: RunState) -> Block:
    """The best trials as a table to be read rather than scrolled."""
    if not state.trials:
        return Block()
    columns = TrialColumns.of(record)
    shown = columns.columns()
    found = ranked_trials(state)
    rows = [
        tuple(text for text, _ in columns.cells(item)) for item in found[:LISTED_TRIALS]
    ]  # fmt: skip
    more = len(found) - len(rows)
    notes = (muted(f"{count(more)} more are in --json."),) if more else ()
    header = tuple(column.title for column in shown)
    return Block("Trials", header=header, rows=tuple(rows), left=0, notes=notes)


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
        lines.append(line(sanitize(trial.group, 80)))
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
