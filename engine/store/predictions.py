"""The predictions that a run has left."""

from engine.results.predictions import PREDICTIONS, Predictions
from engine.store.explain import readable
from engine.store.store import Store


def predictions_of(store: Store, run: int) -> Predictions | None:
    """What the run said of each row; None where they were not kept, or were pruned.

    Runs of versions before 0.5.0 kept none: a rerun does. Raises `EngineError` where the store
    holds something else.
    """
    body = store.artefact(run, PREDICTIONS)
    if body is None:
        return None
    with readable(f"the predictions of run {run}"):
        return Predictions.from_bytes(body)
