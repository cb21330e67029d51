"""What the trials of an influence run say: labels that look wrong, rows that teach most.

Pure functions of the folded state, as those of `engine.planning.evaluation`. A trial is one repeat;
its scores are columns over the training rows: number and label of each row, the rise of the
validation loss without it, and the probability of each class by the network that left it out.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

from engine.results.influence import InfluenceResult, RowEffect, SuspectLabel
from engine.results.statistics import mean_band
from engine.runs.state import RunState
from engine.specs.kinds.influence import MOST_LEFT_OUT_ALONE, InfluenceSpec

# names of a trial's scores; those of the probabilities end in the code of the class
ROW: Final = "row"
LABEL: Final = "label"
RISE: Final = "rise"
PROBABILITY: Final = "probability:"
# how many rows are told of
SUSPECTS, EFFECTS = 200, 50

Row = Sequence[float]


def settings_of(spec: InfluenceSpec, repeat: int) -> dict[str, Any]:
    """What a person reads of repeat `repeat`, from 0."""
    return {"repeat": repeat + 1, "seed": spec.seed + repeat}


def influence(spec: InfluenceSpec, state: RunState) -> InfluenceResult | None:
    """What the finished repeats say together; None before the first. Chance is not known here."""
    own = [t.scores for t in state.trials.values() if t.status == "finished" and ROW in t.scores]
    if not own or state.data is None:
        return None
    classes = state.data.classes
    rows = [int(number) for number in own[0][ROW]]
    labels = [int(code) for code in own[0][LABEL]]
    by_repeat = [_probabilities(scores, len(classes)) for scores in own]
    mean = [[math.fsum(p) / len(own) for p in zip(*of_row, strict=True)]
            for of_row in zip(*by_repeat, strict=True)]  # fmt: skip
    looks = look_like(mean, labels, len(classes))
    agreeing = [look_like(one, labels, len(classes)) for one in by_repeat]
    wrong = [i for i, k in enumerate(looks) if k is not None and k != labels[i]]
    wrong.sort(key=lambda i: mean[i][labels[i]] - mean[i][looks[i] or 0])
    effects = _effects(rows, [classes[code] for code in labels], [one[RISE] for one in own])
    return InfluenceResult(
        rows=len(rows),
        repeats=len(own),
        left_out="rows" if len(rows) <= MOST_LEFT_OUT_ALONE else "folds",
        groups=spec.groups(len(rows)),
        suspected=len(wrong),
        expected=math.fsum(1 - mean[i][k] for i, k in enumerate(looks) if k is not None),
        suspects=tuple(
            SuspectLabel(
                row=rows[i],
                label=classes[labels[i]],
                looks_like=classes[looks[i] or 0],
                probability=mean[i][labels[i]],
                other=mean[i][looks[i] or 0],
                agree=sum(one[i] == looks[i] for one in agreeing),
            )
            for i in wrong[:SUSPECTS]
        ),
        teaching=tuple(own for own in effects[:EFFECTS] if own.rise.mean > 0),
        misleading=tuple(own for own in effects[: -EFFECTS - 1 : -1] if own.rise.mean < 0),
    )


def _probabilities(scores: dict[str, tuple[float, ...]], classes: int) -> list[Row]:
    """[rows][classes]."""
    return list(zip(*(scores[f"{PROBABILITY}{code}"] for code in range(classes)), strict=True))


def look_like(
    probabilities: Sequence[Row], labels: Sequence[int], classes: int
) -> list[int | None]:
    """The class that each row is confidently of, by its code; None of one that is of none.

    Confident learning (Northcutt, Jiang and Chuang 2021): a row is of the most probable of the
    classes whose probability is at least what it is on average for rows that have that label.
    """
    sums, counts = [0.0] * classes, [0] * classes
    for row, label in zip(probabilities, labels, strict=True):
        sums[label] += row[label]
        counts[label] += 1
    least = [s / n if n else math.inf for s, n in zip(sums, counts, strict=True)]
    found: list[int | None] = []
    for row in probabilities:
        sure = [code for code in range(classes) if row[code] >= least[code]]
        found.append(max(sure, key=row.__getitem__) if sure else None)
    return found


def _effects(rows: Sequence[int], labels: Sequence[str], rises: Sequence[Row]) -> list[RowEffect]:
    """Every row, those that teach most first."""
    found = [
        RowEffect(row=row, label=label, rise=mean_band(of_row))
        for row, label, of_row in zip(rows, labels, zip(*rises, strict=True), strict=True)
    ]
    return sorted(found, key=lambda own: -own.rise.mean)
