"""A run as one JSON object: what `run --json` and `show --json` print."""

from typing import Any, Literal

from engine.environment import clock
from engine.results.scores import metrics
from engine.results.search import SearchResult
from engine.runs.ranking import mean_score, score_std
from engine.runs.state import RunState, Trial
from engine.specs.parsing import to_fields
from engine.store.records import RunRecord

# of a run's row, what is printed as it is
ROW = (
    "kind", "name", "note", "status", "message", "hint", "data", "target", "protocol",
    "majority_accuracy", "baseline_accuracy", "best_epoch_val_accuracy", "selection_score",
    "selection_over",     "test_evaluations", "parameters", "epochs_planned", "epochs_run",
)  # fmt: skip


def run_object(record: RunRecord, state: RunState) -> dict[str, Any]:
    """Everything about a run but its epochs; keys without a value yet are null."""
    result = state.result
    found: dict[str, Any] = {
        "spec": to_fields(record.spec),
        "confusion_matrix": None,
        "stop_reason": record.message or None,
        "warnings": list(state.warnings),
        "decision_rule": record.decision_rule.model_dump() if record.decision_rule else None,
        "acknowledged": clock.iso(record.acknowledged),
        "provenance": record.provenance | _clusters(state),
        "data_sha256": record.data_sha256,
        "test_data_sha256": record.test_data_sha256,
    }
    if state.data is not None:
        found |= {
            "features": list(state.data.features),
            "classes": list(state.data.classes),
            "rows": state.data.split_rows,
        }
    if result is not None:
        found |= result.json_object()
    if isinstance(result, SearchResult):
        best = state.trials.get(result.best_trial)
        found["selection_std"] = score_std(best) if best is not None else None
    # a run of a single training is its own trial
    if state.plan is not None and state.trials:
        found["trials"] = [_trial(trial) for trial in state.trials.values()]
    # what the list of runs says of it is said here as well: epochs are those of all trainings
    return found | run_row(record)


def _clusters(state: RunState) -> dict[str, Any]:
    """The clusters that trials were trained on, where there are any."""
    used = [own.model_dump(mode="json", exclude={"type", "at"}) for own in state.clusters]
    return {"clusters": used} if used else {}


def run_row(record: RunRecord) -> dict[str, Any]:
    """A run's row, as `runs --json` lists it."""
    return {
        "run": record.id,
        **{name: getattr(record, name) for name in ROW},
        "tags": list(record.tags),
        "test_evaluations_by": "rows" if record.test_rows_known else "file",
        "metrics": metrics(None) | record.metrics | _covers(record),
        "seconds": record.seconds(),
        **{name: clock.iso(getattr(record, name)) for name in ("created", "started", "ended")},
    }


def _covers(record: RunRecord) -> dict[str, str | None]:
    """What the interval of each accuracy covers; null of the training set, which was fitted."""
    sets: tuple[Literal["train", "val", "test"], ...] = ("train", "val", "test")
    found = {name: record.accuracy(name) for name in sets}
    return {f"{n}_accuracy_covers": one.covers if one else None for n, one in found.items()}


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
