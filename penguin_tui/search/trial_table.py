"""Candidates of a search, the best on top: settings, mean and folds, epochs, time, status."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import pstdev
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from engine.results import SearchResult
from engine.runs.state import RunState, Trial
from engine.store import RunRecord
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import NOTHING, count, duration, percent, sanitize
from penguin_tui.search.search_head import OWN, score_of, settings_of, settings_text, value_text
from penguin_tui.tables.row_table import MOVES, RowTable

SETTING_WIDTHS = (8, 14)
STATUS_STYLE = {
    "running": "accent", "finished": "good", "skipped": "muted", "stopped": "muted",
    "failed": "bad", "diverged": "bad",
}  # fmt: skip
EMPTY = ("", "The first candidate comes up here as soon as it begins.")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its place among those that are scored, and its epochs so far."""

    trial: Trial
    place: int | None
    score: float | None
    epochs: int


def ranked(state: RunState) -> list[Ranked]:
    """All candidates: scored ones best first, then those at work, then the others."""
    known = [(score_of(trial), trial) for trial in state.trials.values()]
    # of equals the one that was chosen is the best
    best = state.result.best_trial if isinstance(state.result, SearchResult) else None
    scored = sorted(
        ((score, trial) for score, trial in known if score is not None),
        key=lambda pair: (-pair[0], pair[1].number != best, pair[1].number),
    )
    rest = sorted(
        (trial for score, trial in known if score is None),
        key=lambda trial: (trial.status != "running", trial.number),
    )
    return [
        *(Ranked(trial, place, score, _epochs(state, trial))
          for place, (score, trial) in enumerate(scored, start=1)),
        *(Ranked(trial, None, None, _epochs(state, trial)) for trial in rest),
    ]  # fmt: skip


def _epochs(state: RunState, trial: Trial) -> int:
    if trial.status != "running":
        return trial.epochs
    return sum(len(curve) for curve in folds_of(state, trial.number).values())


def folds_of(state: RunState, trial: int) -> dict[int, Any]:
    """The curves of a candidate by fold, as far as there are any."""
    found = {}
    fold = 0
    while len(curve := state.curve_of(trial, fold)):
        found[fold] = curve
        fold += 1
    return found


class TrialTable(RowTable[Ranked], inherit_bindings=False):
    """Rows that look different are repainted, and only those on screen are ever formatted."""

    BINDING_GROUP_TITLE = "Candidates"
    # without j and k: k skips the candidate at work
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "choose", "Load into Train", id="trials.load",
                tooltip="Put the settings of this candidate into the Train form."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__((), self._row, lambda item: item.trial.number)
        self._names: tuple[str, ...] = ()
        self._folds = 1
        self._rungs = False
        # until a person moves the cursor it stays on the best one
        self._moved = False

    def move_to(self, index: int) -> None:
        """Put the cursor on a candidate, with which it stays from now on."""
        self._moved = True
        super().move_to(index)

    def show_state(self, record: RunRecord, state: RunState) -> None:
        """Show the candidates of a search."""
        spec = record.spec
        self._names, self._folds = tuple(getattr(spec, "vary", {})), getattr(spec, "folds", 1)
        self._rungs = record.kind == "hyperband"
        self.set_columns(trial_columns(self._names, self._folds, rungs=self._rungs))
        if not self._moved:
            self._items = ()
        self.show(ranked(state), empty=EMPTY)

    def _row(self, item: Ranked) -> tuple[Cell, ...]:
        return trial_cells(item, self._names, folds=self._folds > 1, rungs=self._rungs)


def trial_columns(names: Sequence[str], folds: int, *, rungs: bool = False) -> list[Column]:
    """The columns for these settings; where room is short folds and seconds go first."""
    low, high = SETTING_WIDTHS
    settings = [
        Column(
            f"set {name}", setting_label(name), max(low, min(high, len(name))), right=True, rank=1
        )
        for name in names
    ]
    return [
        Column("place", "", 3, right=True),
        Column("trial", "no.", 4, right=True, rank=4),
        *([Column("rung", "rung", 5, rank=3)] if rungs else []),
        *settings,
        Column("score", "val. ± std" if folds > 1 else "validation", 13, right=True),
        *([Column("folds", "each fold", min(40, 5 * folds + 1), rank=6)] if folds > 1 else []),
        Column("epochs", "epochs", 6, right=True, rank=7),
        Column("seconds", "took", 8, right=True, rank=8),
        Column("status", "status", 8),
    ]


def trial_cells(
    item: Ranked, names: Sequence[str], *, folds: bool, rungs: bool
) -> tuple[Cell, ...]:
    """A cell for each of `trial_columns`."""
    trial = item.trial
    asked = settings_of(trial)
    best = "accent" if item.place == 1 else ""
    cells: list[Cell] = [
        (f"{item.place}" if item.place else "", best or "muted"),
        (count(trial.number), "muted"),
        *([(rung_text(trial.group), "muted")] if rungs else []),
        *((value_text(asked.get(name)), best) for name in names),
        (score_text(item), best),
    ]
    if folds:
        each = trial.scores.get("validation", ())
        cells.append((" ".join(f"{100 * fold:.1f}" for fold in each), "muted"))
    took = trial.ended - trial.started if trial.ended is not None else None
    cells += [
        (count(item.epochs), "muted"),
        (duration(took), "muted"),
        (trial.status, STATUS_STYLE.get(trial.status, "")),
    ]
    return tuple(cells)


def rung_text(group: str) -> str:
    """A group such as "bracket 2, rung 1" as "b2 r1"."""
    return sanitize(group.replace("bracket ", "b").replace(", rung ", " r"), 8)


def score_text(item: Ranked) -> str:
    """Mean and standard deviation over folds."""
    if item.score is None:
        return NOTHING
    folds = item.trial.scores["validation"]
    spread = f" ± {100 * pstdev(folds):.1f}" if len(folds) > 1 else ""
    return percent(item.score) + spread


def details(item: Ranked) -> list[str]:
    """What the table has no room for: asked for, used, folds."""
    trial = item.trial
    asked, used = settings_of(trial), dict(trial.effective_settings)
    epochs, most = used.get("epochs"), used.get("epochs_at_most")
    early = epochs is not None and most is not None and epochs < most
    if early:
        # early stopping is what was asked for, too
        used["epochs"] = most
    different = {
        name: value
        for name, value in used.items()
        if name in asked and not _alike(asked[name], value)
    }
    lines = [f"candidate {trial.number}: {settings_text(asked, 300)}"]
    if different:
        lines.append(f"! the network used other settings: {settings_text(different, 300)}")
    elif used:
        shown = {n: v for n, v in trial.effective_settings.items() if not n.startswith(OWN)}
        lines.append(f"used by the network: {settings_text(shown, 300)}")
    if early:
        lines.append(f"stopped early, after {epochs:,} of {most:,} epochs at the most")
    folds = trial.scores.get("validation", ())
    if len(folds) > 1:
        lines.append(f"folds: {', '.join(percent(fold) for fold in folds)}")
    elif trial.group:
        lines.append(sanitize(trial.group, 80))
    return lines


def _alike(one: Any, other: Any) -> bool:
    """Whether a setting was used as asked.

    A rate is held with 32 bits; of what is told layer by layer the last layer
    counts, the only one that always has it.
    """
    numbers = (int, float)
    if isinstance(other, list | tuple) and not isinstance(one, list | tuple):
        return bool(other) and _alike(one, other[-1])
    if isinstance(one, numbers) and isinstance(other, numbers):
        return abs(one - other) <= 1e-6 * max(abs(one), abs(other), 1e-12)
    return bool(one == other)
