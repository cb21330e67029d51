"""A short run of each kind, on the real engine."""

from typing import Any

from engine.client.following import follow
from engine.client.submission import submit
from engine.kinds import make_spec
from engine.runs.state import RunState
from engine.store.records import RunRecord
from engine.store.store import Store

SPECS: dict[str, dict[str, Any]] = {
    "describe": {},
    "baseline": {},
    "sweep": {
        "epochs": 3,
        "hidden_layers": [12],
        "repeats": 2,
        "vary": {"units": {"values": [8, 12]}},
    },
    "evaluate": {"epochs": 3, "hidden_layers": [12], "folds": 3, "repeats": 2},
    "learning_curve": {"epochs": 3, "hidden_layers": [12], "sizes": 4, "repeats": 2},
    "influence": {"epochs": 2, "hidden_layers": [12], "repeats": 2},
    "leaks": {"epochs": 3, "hidden_layers": [12], "splits": 2, "tried": 2},
    "train": {"epochs": 6, "hidden_layers": [24, 16], "dropout": 0.3, "kernel_l2": 0.001},
    "random_search": {
        "epochs": 3,
        "hidden_layers": [12],
        "max_trials": 3,
        "vary": {
            "learning_rate": {"low": 1e-3, "high": 1e-1, "scale": "log"},
            "batch_size": {"low": 12, "high": 16},
        },
    },
    "grid_search": {
        "epochs": 3,
        "hidden_layers": [12],
        "vary": {"learning_rate": {"values": [0.01, 0.05]}},
        "early_stopping": {"patience": 1},
        "outer_folds": 2,
    },
    "hyperband": {
        "hidden_layers": [12],
        "max_epochs": 4,
        "factor": 2,
        "vary": {"learning_rate": {"low": 1e-3, "high": 1e-1, "scale": "log"}},
    },
}
LONG = {"train": {"epochs": 100_000, "hidden_layers": [16]}}


def run(store: Store, kind: str, **fields: Any) -> tuple[RunRecord, RunState]:
    *_, last = follow(store, submit(store, make_spec(kind, SPECS[kind] | fields)))
    return last
