"""An influence run that is the same in every test, as the events of its run."""

import math
from typing import Any

from engine.kinds import make_spec
from engine.planning.influence import LABEL, PROBABILITY, RISE, ROW, influence, settings_of
from engine.runs.events import Event
from engine.runs.state import RunState, fold
from engine.specs.kinds.influence import InfluenceSpec
from tests.support.stored.trials import begun, finished, scored

INFLUENCE: dict[str, Any] = {"epochs": 10}
# labels by code; that of row 5 looks wrong
LABELS = (0, 0, 1, 1, 0, 2, 2, 2)
LOOKS = (0, 0, 1, 1, 1, 2, 2, 2)


def influence_events(repeats: int = 3, *, ended: bool = True) -> list[Event]:
    """As many repeats as are done, of three."""
    spec = make_spec("influence", INFLUENCE)
    assert isinstance(spec, InfluenceSpec)
    sizes = {"train": len(LABELS), "validation": 4, "test": 4}
    events = begun(spec.repeats, trainings=27, epochs=0, parts=sizes, phase="repeat 1 of 3")
    for repeat in range(repeats):
        events += scored(repeat, settings_of(spec, repeat), _scores(repeat), epochs=10)
    if not ended:
        return events
    found = influence(spec, fold(RunState(), events))
    assert found is not None
    return events + finished(found.model_copy(update={"chance": 0.004}))


def _scores(repeat: int) -> dict[str, tuple[float, ...]]:
    rises = [0.006 * math.sin(place) + 0.0005 * math.sin(5 * place + repeat) for place in range(8)]
    sure = [0.9 + 0.01 * math.sin(place + repeat) for place in range(8)]
    probabilities = {
        f"{PROBABILITY}{code}": tuple(
            p if code == looks else (1 - p) / 2 for p, looks in zip(sure, LOOKS, strict=True)
        )
        for code in range(3)
    }
    return {
        ROW: tuple(range(1, 9)),
        LABEL: tuple(map(float, LABELS)),
        RISE: tuple(rises),
        **probabilities,
    }
