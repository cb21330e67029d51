"""About how large the exports of a run will be, without making one of them."""

from typing import Final

from engine.exports.result_tables import result_rows
from engine.results.evaluate import EvaluateResult
from engine.results.scores import Scored
from engine.results.search import ReproduceResult
from engine.runs.events import Finished, event_from_json
from engine.store.explain import readable
from engine.store.packing import unpacked_text
from engine.store.records import RunRecord
from engine.store.store import Store

# of a line of each table in CSV, as they come out on average
_LINE: Final = {"epochs": 110, "trials": 120, "folds": 30, "misclassified": 90, "results": 100}
# a compressed table as CSV
_SPLIT_TIMES, _PREDICTIONS_TIMES = 60, 3


def about_sizes(store: Store, record: RunRecord) -> dict[str, int]:
    """Bytes by `Export.option`; what the run has none of is not among them.

    Three small queries, whatever the run has left. For any thread.
    """
    kept = _artefact_sizes(store, record.id)
    found = {
        "model": kept.get("model.keras", 0),
        # stored under the name that it had in 0.1.0
        "preprocessing": kept.get("preparation.json", 0),
        "split": _SPLIT_TIMES * kept.get("split.bin", 0),
        "predictions": _PREDICTIONS_TIMES * kept.get("predictions.bin", 0),
        "epochs": _LINE["epochs"] * record.epochs_run,
        "tensorboard": 30_000 + 250 * record.epochs_run if record.epochs_run else 0,
        "trials": _LINE["trials"] * _trials(store, record),
    }
    if "model.keras" in kept:
        network = 4 * (record.parameters or kept["model.keras"] // 4)
        found |= {
            "bundle": sum(kept.values()) + 60_000, "onnx": network + 3_000,
            "litert": network + 2_000, "notebook": 10_000,
        }  # fmt: skip
    return {option: size for option, size in (found | _of_result(store, record)).items() if size}


def _artefact_sizes(store: Store, run: int) -> dict[str, int]:
    query = "SELECT name, length(body) AS size FROM artefacts WHERE run = ?"
    return {row["name"]: row["size"] for row in store.select(query, run)}


def _trials(store: Store, record: RunRecord) -> int:
    """How many have begun; a single training is its own only one, and is none."""
    query = "SELECT COUNT(*) AS found FROM events WHERE run = ? AND body LIKE ?"
    begun, plans = (
        int(store.select(query, record.id, f'{{"type":"{name}"%')[0]["found"])
        for name in ("trial_started", "plan")
    )
    return begun if begun > 1 or plans else 0


def _of_result(store: Store, record: RunRecord) -> dict[str, int]:
    """Of what is in the run's result, which is one of its last events."""
    query = "SELECT body FROM events WHERE run = ? ORDER BY number DESC LIMIT 4"
    rows = store.select(query, record.id)
    with readable(f"what run {record.id} has reported"):
        last = [event_from_json(unpacked_text(row["body"])) for row in rows]
    result = next((event.result for event in last if isinstance(event, Finished)), None)
    found = {}
    if isinstance(result, Scored):
        found["misclassified"] = _LINE["misclassified"] * (1 + len(result.misclassified))
        found["confusion"] = 90 * len(result.confusion.labels) ** 2
    if isinstance(result, EvaluateResult):
        found["folds"] = _LINE["folds"] * sum(len(one.scores) for one in result.models)
    if isinstance(result, ReproduceResult):
        found["report"] = len(result.report.encode())
    return found | {"results": _LINE["results"] * len(result_rows(result))}
