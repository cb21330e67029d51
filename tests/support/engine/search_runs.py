"""What the tests of searches share: short searches on the real engine, and what to look at."""

import json
from typing import Any

from engine.client.following import follow
from engine.client.submission import submit
from engine.kinds import make_spec
from engine.results.search import SearchResult
from engine.runs.state import RunState
from engine.store.records import RunRecord
from engine.store.store import Store

SMALL = {"hidden_layers": [12], "epochs": 4, "batch_size": 16, "folds": 2}
# every step of such a penalty multiplies the weights
DIVERGING: dict[str, Any] = {
    "hidden_layers": [8], "optimizer": "sgd", "learning_rate": 10.0, "kernel_l2": 100.0,
    "dropout": 0.1,
}  # fmt: skip
BAND = {"hidden_layers": [12], "batch_size": 16, "max_epochs": 4, "factor": 2}
COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
SEARCHES = ("random_search", "grid_search", "hyperband")


def fields_of(kind: str, vary: dict[str, Any], **fields: Any) -> dict[str, Any]:
    listed = {
        name: {"values": values} if isinstance(values, list) else values
        for name, values in vary.items()
    }
    own = BAND if kind == "hyperband" else SMALL
    drawn = {"max_trials": 16} if kind == "random_search" else {}
    return own | drawn | fields | {"vary": listed}


def run(store: Store, kind: str, fields: dict[str, Any]) -> tuple[RunRecord, RunState]:
    *_, last = follow(store, submit(store, make_spec(kind, fields)))
    return last


def search(
    store: Store, kind: str, vary: dict[str, Any], **fields: Any
) -> tuple[SearchResult, RunState]:
    record, state = run(store, kind, fields_of(kind, vary, **fields))
    assert record.status == "finished", record.message
    assert isinstance(state.result, SearchResult)
    return state.result, state


def epochs_of(state: RunState, trial: int, fold: int = 0) -> dict[str, list[float]]:
    return {name: list(state.curve_of(trial, fold).column(name)) for name in COLUMNS}


def text_of(state: RunState) -> str:
    """All that must not differ between two searches with the same spec."""
    assert state.result is not None
    trials = {
        n: [t.status, t.settings, t.effective_settings, t.scores, t.group, t.parent, t.epochs]
        for n, t in state.trials.items()
    }
    curves = {k: [list(c.column(name)) for name in COLUMNS] for k, c in state.curves.items()}
    return json.dumps([state.result.model_dump(mode="json"), trials, curves], sort_keys=True)


def beside(kind: str) -> dict[str, Any]:
    """What else has to vary: Hyperband wants many different trials."""
    return {"units": {"low": 6, "high": 32, "step": 1}} if kind == "hyperband" else {}
