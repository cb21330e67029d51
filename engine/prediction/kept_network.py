"""What a run has kept of its network: without loading what would predict with it."""

from typing import NamedTuple

from engine.errors import EngineError
from engine.kinds import KINDS, label_of
from engine.results.scores import Scored
from engine.store.records import RunRecord
from engine.store.store import Store


class KeptNetwork(NamedTuple):
    """A run with the bodies of its `.keras` file and of its preprocessing."""

    record: RunRecord
    model: bytes
    preparation: bytes


def kept_network(store: Store, run: int) -> KeptNetwork:
    """What run `run` has kept; raises EngineError where there is no such run or network."""
    record = store.run(run)
    model = store.artefact(run, "model.keras")
    # stored under the name that it had in 0.1.0
    preparation = store.artefact(run, "preparation.json")
    if model is None or preparation is None:
        raise _keeps_none(record)
    return KeptNetwork(record, model, preparation)


def _keeps_none(record: RunRecord) -> EngineError:
    """The error of a run without a network: a kind that keeps none, or a run that has not ended."""
    label = label_of(record.kind)
    if record.live:
        return EngineError(f"Run {record.id} ({label}) is {record.status}: it has no network yet.",
                           "Wait until it has finished.")  # fmt: skip
    kind = KINDS.get(record.kind)
    keeps = kind is not None and issubclass(kind.result, Scored)
    return EngineError(
        f"Run {record.id} ({label}, {record.status}) keeps no network to predict with.",
        f"'penguin-tui rerun {record.id}' trains it again." if keeps else
        "Predict with a training, a baseline, a sweep or a search.",
    )  # fmt: skip
