"""The schedule of a Hyperband run: brackets of rungs, and how long each rung trains."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a Hyperband bracket: `trials` train on from epoch `begun` to `epochs`.

    Rungs count from 0; brackets as Keras Tuner names them, the one with the
    most rungs first.
    """

    bracket: int
    number: int
    trials: int
    begun: int
    epochs: int


def rungs(max_epochs: int, factor: int) -> tuple[Rung, ...]:
    """Every rung of one Hyperband iteration in the order of Keras Tuner (Li et al. 2018)."""
    brackets, epochs = 0, float(max_epochs)
    while epochs >= 1:
        epochs /= factor
        brackets += 1
    widest = math.ceil(1 + math.log(max_epochs, factor))
    found = []
    for bracket in reversed(range(brackets)):
        begun = 0
        for number in range(bracket + 1):
            reduction = factor ** (bracket - number)
            budget = math.ceil(max_epochs / reduction)
            trials = math.ceil(widest / (bracket + 1) * reduction)
            found.append(Rung(bracket, number, trials, begun, budget))
            begun = budget
    return tuple(found)
