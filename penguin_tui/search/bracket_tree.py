"""Hyperband as a tree: brackets, their rungs with budgets, and what became of each trial."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from engine.runs.state import RunState, Trial
from engine.specs import HyperbandSpec
from engine.specs.hyperband_schedule import Rung, rungs
from engine.store import RunRecord
from penguin_tui.presentation.best_settings import candidate_settings
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.text import NOTHING, count, counted, percent
from penguin_tui.run.live_pane import LivePane
from penguin_tui.run.trial_chosen import TrialChosen
from penguin_tui.search.search_head import score_of, settings_of, settings_text
from penguin_tui.tables.row_table import MOVES, RowTable

Outcome = Literal["goes on", "stopped here", "to the end", "waits", "at work", "skipped", "failed"]
SIGNS: dict[Outcome, str] = {
    "goes on": "↑", "stopped here": "✗", "to the end": "●", "waits": "·", "at work": "▶",
    "skipped": "-", "failed": "!",
}  # fmt: skip
STYLES: dict[Outcome, str] = {
    "goes on": "good", "stopped here": "muted", "to the end": "good", "waits": "", "at work":
    "accent", "skipped": "muted", "failed": "bad",
}  # fmt: skip
COLUMNS = (
    Column("tree", "bracket, rung, candidate", 0),
    Column("epochs", "epochs", 8, right=True, rank=2),
    Column("score", "validation", 10, right=True),
    Column("outcome", "", 12, rank=1),
)
EMPTY = ("", "The brackets are shown when the first candidate begins.")


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the tree: a bracket (rung None), a rung (trial None), or a trial."""

    bracket: int
    rung: int | None
    trial: int | None
    text: str
    epochs: str
    score: str
    outcome: str
    style: str

    @property
    def key(self) -> tuple[int, int | None, int | None]:
        """Tells lines apart."""
        return self.bracket, self.rung, self.trial


@dataclass(frozen=True, slots=True)
class _Stage:
    """A rung as planned, with the trials it has so far, best first."""

    plan: Rung
    trials: tuple[Trial, ...]

    @property
    def ended(self) -> int:
        return sum(trial.status != "running" for trial in self.trials)


def place_of(trial: Trial) -> tuple[int, int] | None:
    """Bracket and rung of a trial, from its group "bracket 2, rung 1"."""
    found = re.fullmatch(r"bracket (\d+), rung (\d+)", trial.group)
    return (int(found[1]), int(found[2])) if found else None


def branches(
    spec: HyperbandSpec, state: RunState, live: bool, closed: frozenset[tuple[int, int]]
) -> list[Branch]:
    """The lines of the tree; rungs in `closed` show no trials."""
    by_place: dict[tuple[int, int], list[Trial]] = {}
    for trial in state.trials.values():
        place = place_of(trial)
        if place is not None:
            by_place.setdefault(place, []).append(trial)
    if not by_place:
        return []
    parents = {trial.parent for trial in state.trials.values() if trial.parent is not None}
    stages = [
        _Stage(plan, tuple(sorted(by_place.get((plan.bracket, plan.number), ()), key=_rank)))
        for plan in rungs(spec.max_epochs, spec.factor)
    ]
    found: list[Branch] = []
    for bracket in dict.fromkeys(stage.plan.bracket for stage in stages):
        own = [stage for stage in stages if stage.plan.bracket == bracket]
        found.append(_bracket(bracket, own))
        for number, stage in enumerate(own, start=1):
            after = own[number] if number < len(own) else None
            last = after is None
            found.append(_rung(stage, last))
            if (bracket, stage.plan.number) not in closed:
                found += [
                    _trial(stage, trial, _outcome(trial, stage, after, parents, live), last)
                    for trial in stage.trials
                ]
    return found


def _rank(trial: Trial) -> tuple[bool, float, int]:
    score = score_of(trial)
    return score is None, -(score or 0.0), trial.number


def _outcome(
    trial: Trial, stage: _Stage, after: _Stage | None, parents: set[int], live: bool
) -> Outcome:
    """What became of a trial: it goes on when a trial of the next rung began from it."""
    if trial.status == "running":
        return "at work" if live else "failed"
    if trial.status in ("failed", "diverged"):
        return "failed"
    if trial.status != "finished":
        return "skipped"
    if after is None:
        return "to the end"
    if trial.number in parents:
        return "goes on"
    decided = len(after.trials) >= after.plan.trials or not live
    return "stopped here" if decided else "waits"


def _bracket(bracket: int, stages: Sequence[_Stage]) -> Branch:
    planned = sum(s.plan.trials * (s.plan.epochs - s.plan.begun) for s in stages)
    spent = sum(trial.epochs for s in stages for trial in s.trials)
    trials, total = sum(s.ended for s in stages), sum(s.plan.trials for s in stages)
    begins = stages[0].plan
    epochs = counted(begins.epochs, "epoch")
    text = f"Bracket {bracket}: {count(begins.trials)} begin with {epochs}"
    state = "done" if trials >= total else f"{trials} of {total}" if trials else "to come"
    return Branch(
        bracket, None, None, text, f"{count(spent)}/{count(planned)}", "", state, "accent"
    )


def _rung(stage: _Stage, last: bool) -> Branch:
    plan = stage.plan
    line = "└" if last else "├"
    text = f"{line} Rung {plan.number}: to epoch {count(plan.epochs)}"
    scores = [score for trial in stage.trials if (score := score_of(trial)) is not None]
    best = percent(max(scores)) if scores else NOTHING
    state = f"{stage.ended} of {plan.trials}"
    spent = sum(trial.epochs for trial in stage.trials)
    planned = plan.trials * (plan.epochs - plan.begun)
    return Branch(
        plan.bracket, plan.number, None, text, f"{count(spent)}/{count(planned)}", best, state, ""
    )


def _trial(stage: _Stage, trial: Trial, outcome: Outcome, last: bool) -> Branch:
    line = " " if last else "│"
    text = f"{line}  {SIGNS[outcome]} {trial.number}: {settings_text(settings_of(trial), 60)}"
    score = score_of(trial)
    return Branch(
        stage.plan.bracket, stage.plan.number, trial.number, text,
        count(trial.epochs) if trial.status != "running" else "",
        percent(score), outcome, STYLES[outcome],
    )  # fmt: skip


def branch_cells(branch: Branch) -> tuple[Cell, ...]:
    """A cell for each of `COLUMNS`."""
    style = branch.style
    muted = style if style == "accent" and branch.rung is None else "muted"
    return (
        (branch.text, style),
        (branch.epochs, muted),
        (branch.score, style if branch.trial is not None else ""),
        (branch.outcome, style),
    )


class BracketTree(RowTable[Branch], inherit_bindings=False):
    """The lines of the tree."""

    BINDING_GROUP_TITLE = "Brackets"
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "choose", "Fold or load", id="brackets.choose",
                tooltip="On a rung: hide or show its candidates. On a candidate: put its settings"
                " into the Train form."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(COLUMNS, branch_cells, lambda branch: branch.key)


class BracketPane(LivePane):
    """The tree, and how many of the planned epochs are spent."""

    BINDING_GROUP_TITLE = "Brackets"
    DEFAULT_CSS = """
    BracketPane {
        height: 1fr; layout: vertical;
        BracketTree { height: 1fr; }
        #brackets-say { height: auto; padding: 0 1; color: $foreground 75%; background: $surface; }
    }
    """
    PARTS = ("tree",)

    def __init__(self) -> None:
        super().__init__()
        self._folded: frozenset[tuple[int, int]] = frozenset()

    def compose(self) -> ComposeResult:
        """Tree and totals."""
        yield BracketTree()
        yield Static("", id="brackets-say", markup=False)

    def parts(self) -> Iterable[str]:
        """The tree."""
        return self.PARTS

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Show the tree."""
        spec = record.spec
        if not isinstance(spec, HyperbandSpec):
            return
        lines = branches(spec, self.state, record.live, self._folded)
        self.query_one(BracketTree).show(lines, empty=EMPTY)
        self.query_one("#brackets-say", Static).update(totals(self.state))

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        """Fold a rung, or take a candidate."""
        message.stop()
        branch: Branch = message.item
        if branch.trial is not None:
            trial = self.state.trials[branch.trial]
            self.post_message(TrialChosen(candidate_settings(trial)))
        elif branch.rung is not None:
            self._folded ^= {(branch.bracket, branch.rung)}
            self.draw_again()


def totals(state: RunState) -> str:
    """Epochs spent of those planned, and what the signs mean."""
    legend = "↑ goes on  ✗ stopped  ● to the end"
    if state.plan is None:
        return legend
    spent = f"{count(state.epochs_done)} of {counted(state.plan.epochs, 'epoch')} spent"
    return f"{spent} · {legend}"
