"""A stored training with the figures of its probabilities."""

import numpy as np

from engine.data.probabilities import probability_figures
from engine.results.scores import Scored
from engine.runs.events import Event, Finished
from tests.support.stored.runs import train_events


def events_with_figures() -> list[Event]:
    """A training whose probabilities of two classes are far too sure."""
    draw = np.random.default_rng(0)
    truth = draw.random(400)
    y = (draw.random(400) < truth).astype(np.int64)
    logit = 4 * np.log(truth / (1 - truth))
    p = 1 / (1 + np.exp(-logit))
    both = np.column_stack((1 - p, p))
    figures = probability_figures(("healthy", "ill"), {"train": (y, both), "validation": (y, both)})
    events = train_events(20, 20)
    for place, event in enumerate(events):
        if isinstance(event, Finished) and isinstance(event.result, Scored):
            result = event.result.model_copy(update={"probabilities": figures})
            events[place] = Finished(result=result)
    return events
