"""A run as one JSON object: what `run --json` and `show --json` print."""

import time
from typing import Any

from engine.results.scores import BaselineResult, Scored, TrainResult, metrics
from engine.results.search import SearchResult, SweepResult
from engine.runs.ranking import mean_score, score_std
from engine.runs.state import RunState, Trial
from engine.specs.parsing import to_fields
from engine.store.records import RunRecord

# of a run's row, what is printed as it is
ROW = (
    "kind", "name", "note", "status", "message", "hint", "data", "target", "protocol",
    "metrics", "best_val_accuracy", "test_evaluations", "parameters", "epochs_planned",
    "epochs_run",
)  # fmt: skip
# of a result with a network
NETWORK = {"parameters", "epochs_run", "epoch_kept", "layers"}


def run_object(record: RunRecord, state: RunState) -> dict[str, Any]:
    """Everything about a run but its epochs; keys without a value yet are null."""
    result = state.result
    found = run_row(record) | {
        "spec": to_fields(record.spec),
        "metrics": metrics(result),
        "confusion_matrix": None,
        "stop_reason": _stop_reason(record, result),
        "warnings": list(state.warnings),
        "acknowledged": moment(record.acknowledged),
        "provenance": record.provenance,
        "data_sha256": record.data_sha256,
    }
    if state.data is not None:
        found |= {
            "features": list(state.data.features),
            "classes": list(state.data.classes),
            "rows": state.data.split_rows,
        }
    if isinstance(result, Scored):
        found["confusion_matrix"] = result.confusion.model_dump(mode="json")
        found |= result.model_dump(mode="json", include={"scores", "misclassified"})
    if isinstance(result, TrainResult | SweepResult | SearchResult):
        found |= result.model_dump(mode="json", include=NETWORK)
    if isinstance(result, BaselineResult):
        found |= _baseline(result)
    if isinstance(result, SweepResult):
        found |= _sweep(result)
    if isinstance(result, SearchResult):
        found |= _search(result)
    if result is not None and not isinstance(result, Scored):
        found["result"] = result.model_dump(mode="json")
    if state.trials and record.kind != "train":
        found["trials"] = [_trial(trial) for trial in state.trials.values()]
    return found


def run_row(record: RunRecord) -> dict[str, Any]:
    """A run's row, as `runs --json` lists it."""
    return {
        "run": record.id,
        **{name: getattr(record, name) for name in ROW},
        "seconds": record.seconds(),
        **{name: moment(getattr(record, name)) for name in ("created", "started", "ended")},
    }


def moment(seconds: float | None) -> str | None:
    """A moment as ISO 8601 in UTC."""
    if seconds is None:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + "Z"


def _stop_reason(record: RunRecord, result: object) -> str | None:
    if isinstance(result, TrainResult | SweepResult | SearchResult):
        return result.stop_reason
    if isinstance(result, BaselineResult):
        ended = "the solver converged" if result.converged else "max_iterations was reached"
        return f"{ended} after {result.iterations:,} iterations"
    return record.message or None


def _baseline(result: BaselineResult) -> dict[str, Any]:
    labels = result.confusion.labels
    return {
        "coefficients": {
            label: dict(zip(result.features, row, strict=True))
            for label, row in zip(labels, result.coefficients, strict=True)
        },
        "intercepts": dict(zip(labels, result.intercepts, strict=True)),
        "iterations": result.iterations,
        "converged": result.converged,
    }


def _sweep(result: SweepResult) -> dict[str, Any]:
    return {
        "setting": result.setting,
        "points": [point.model_dump(mode="json") for point in result.points],
        "best": {result.setting: result.best},
        "chosen": {result.setting: result.chosen},
        "test_accuracy": metrics(result)["test_accuracy"],
    }


def _search(result: SearchResult) -> dict[str, Any]:
    return {
        "best": {
            "trial": result.best_trial,
            "settings": result.best_settings,
            "effective_settings": result.effective_settings,
        },
        "selection_score": result.selection_score,
        "selection_std": result.selection_std,
        "test_accuracy": metrics(result)["test_accuracy"],
        "importances": [item.model_dump(mode="json") for item in result.importances],
        "epochs_spent": result.epochs_spent,
        "search_note": result.note,
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "trial": trial.number,
        "group": trial.group,
        "parent": trial.parent,
        "settings": trial.settings,
        "effective_settings": trial.effective_settings,
        "scores": {name: list(values) for name, values in trial.scores.items()},
        "mean": mean_score(trial),
        "std": score_std(trial),
        "status": trial.status,
        "epochs": trial.epochs,
    }
