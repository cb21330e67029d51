"""How a training or a run has ended, in words."""

from engine.errors import EngineError
from engine.runs.reporter import Stopped


def epochs_done(epochs: int, *, stopped_early: bool) -> str:
    """Why a training ended that nobody stopped."""
    if stopped_early:
        return f"early stopping after epoch {epochs}"
    return f"all {epochs:,} epochs done"


def stopped(reason: str, kept: str) -> Stopped:
    """The end of a run that was stopped: why, and what is kept of it."""
    return Stopped(f"{reason[:1].upper()}{reason[1:]}; {kept}.")


class NoScore(EngineError):
    """A search has nothing to choose from."""


def no_score() -> NoScore:
    """The end of a search that has nothing to choose from."""
    return NoScore(
        "No trial has a score: all of them diverged or were skipped.",
        "Try lower learning rates or other ranges.",
    )
