"""Hyperband as lines of a tree: brackets, rungs with budgets, what became of each trial."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.runs.ranking import mean_score
from engine.runs.state import RunState, Trial
from engine.specs.hyperband_schedule import Rung, rungs
from engine.specs.kinds.searches import HyperbandSpec
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.results.trials import settings_text
from penguin_tui.presentation.text import NOTHING, count, counted, percent

Outcome = Literal[
    "promoted", "eliminated", "completed", "pending", "running", "skipped", "failed"
]  # fmt: skip
# sign and role of each outcome
OUTCOMES: dict[Outcome, tuple[str, str]] = {
    "promoted": ("↑", "good"), "eliminated": ("✗", "muted"), "completed": ("●", "good"),
    "pending": ("·", ""), "running": ("▶", "accent"), "skipped": ("-", "muted"),
    "failed": ("!", "bad"),
}  # fmt: skip
COLUMNS = (
    Column("tree", "bracket, rung, trial", 0),
    Column("epochs", "epochs", 8, right=True, rank=2),
    Column("score", "validation", 10, right=True),
    Column("outcome", "", 12, rank=1),
)
LEGEND = "↑ promoted  ✗ eliminated  ● completed"


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
        """What tells lines apart."""
        return self.bracket, self.rung, self.trial


@dataclass(frozen=True, slots=True)
class _Stage:
    """A rung as planned, with the trials it has so far, best first."""

    plan: Rung
    trials: tuple[Trial, ...]

    @property
    def ended(self) -> int:
        return sum(trial.status != "running" for trial in self.trials)

    @property
    def spent(self) -> int:
        return sum(trial.epochs for trial in self.trials)

    @property
    def planned(self) -> int:
        return self.plan.trials * (self.plan.epochs - self.plan.begun)


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
        if (place := place_of(trial)) is not None:
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
            found.append(_rung(stage, last=after is None))
            if (bracket, stage.plan.number) not in closed:
                found += [
                    _trial(stage, trial, _outcome(trial, after, parents, live), last=after is None)
                    for trial in stage.trials
                ]
    return found


def _rank(trial: Trial) -> tuple[bool, float, int]:
    score = mean_score(trial)
    return score is None, -(score or 0.0), trial.number


def _outcome(trial: Trial, after: _Stage | None, parents: set[int], live: bool) -> Outcome:
    """What became of a trial: it is promoted when a trial of the next rung began from it."""
    if trial.status == "running":
        return "running" if live else "failed"
    if trial.status in ("failed", "diverged"):
        return "failed"
    if trial.status != "finished":
        return "skipped"
    if after is None:
        return "completed"
    if trial.number in parents:
        return "promoted"
    decided = len(after.trials) >= after.plan.trials or not live
    return "eliminated" if decided else "pending"


def _bracket(bracket: int, stages: Sequence[_Stage]) -> Branch:
    ended, total = sum(s.ended for s in stages), sum(s.plan.trials for s in stages)
    first = stages[0].plan
    begin = f"{counted(first.trials, 'trial')} of {counted(first.epochs, 'epoch')}"
    epochs = f"{count(sum(s.spent for s in stages))}/{count(sum(s.planned for s in stages))}"
    outcome = "done" if ended >= total else f"{ended} of {total}" if ended else "pending"
    text = f"Bracket {bracket}: {begin} first"
    return Branch(bracket, None, None, text, epochs, "", outcome, "accent")


def _rung(stage: _Stage, last: bool) -> Branch:
    plan = stage.plan
    text = f"{'└' if last else '├'} Rung {plan.number}: to epoch {count(plan.epochs)}"
    scores = [score for trial in stage.trials if (score := mean_score(trial)) is not None]
    best = percent(max(scores)) if scores else NOTHING
    epochs = f"{count(stage.spent)}/{count(stage.planned)}"
    outcome = f"{stage.ended} of {plan.trials}"
    return Branch(plan.bracket, plan.number, None, text, epochs, best, outcome, "")


def _trial(stage: _Stage, trial: Trial, outcome: Outcome, last: bool) -> Branch:
    stem = " " if last else "│"
    sign, role = OUTCOMES[outcome]
    text = f"{stem}  {sign} {trial.number}: {settings_text(trial.settings, 60)}"
    epochs = count(trial.epochs) if trial.status != "running" else ""
    place = stage.plan.bracket, stage.plan.number, trial.number
    return Branch(*place, text, epochs, percent(mean_score(trial)), outcome, role)


def branch_cells(branch: Branch) -> tuple[Cell, ...]:
    """A cell for each of `COLUMNS`."""
    style = branch.style
    muted = style if branch.rung is None else "muted"
    return (
        (branch.text, style),
        (branch.epochs, muted),
        (branch.score, style if branch.trial is not None else ""),
        (branch.outcome, style),
    )


def spent_text(state: RunState) -> str:
    """Epochs spent of those planned, and what the signs mean."""
    if state.plan is None:
        return LEGEND
    return f"{count(state.epochs_done)} of {counted(state.plan.epochs, 'epoch')} spent · {LEGEND}"
