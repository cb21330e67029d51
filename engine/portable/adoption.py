"""A bundle brought into a home folder, as a run of its own number."""

import json
import logging
import re
import sqlite3
from collections import deque
from collections.abc import Iterator
from typing import Any

from engine.client.file_process import Written
from engine.client.importing import ImportRequest
from engine.errors import EngineError
from engine.kinds import load_spec
from engine.portable.bundled_run import ARTEFACTS, EVENTS, RUN, TEST_ROWS, events_of, held_out_of
from engine.portable.received import MODEL, PREPROCESSING, Bundle
from engine.results.predictions import Predictions
from engine.results.split_rows import unpacked
from engine.runs.events import Ended, Event, Note
from engine.runs.held_out_rows import HeldOutRows
from engine.specs.run_spec import RunSpec
from engine.store.rows import insert, set_columns
from engine.store.store import Store
from engine.store.writer import RunWriter, keep_artefact, keep_data_hash
from engine.worker.test_rows import count_rows

log = logging.getLogger("engine")

# of a row, what may be as long as a person types
_TEXTS = {"name": 10_000, "note": 10_000, "tags_text": 10_000}
_NUMBERS = ("created", "started", "ended", "worked")
# what a calendar still has: seconds since 1970
_LATEST = 1e11
_HASHES = ("data_sha256", "test_data_sha256")


def adopt(store: Store, request: ImportRequest) -> Iterator[Written]:
    """Take the bundle in; raises EngineError, with nothing left behind, for one that is broken."""
    bundle = Bundle.read(request.bundle)
    for needed in (RUN, EVENTS):
        if needed not in bundle.files:
            raise _broken(bundle, f"it has no {needed}")
    try:
        row = json.loads(bundle.files[RUN])
        spec = load_spec(json.dumps(row["spec"]))
        events = list(events_of(bundle.files[EVENTS]))
        held_out = held_out_of(bundle.files[TEST_ROWS]) if TEST_ROWS in bundle.files else None
        columns = _columns(row)
        note = _note(bundle, row)
        if "run/predictions.bin" in bundle.files:
            Predictions.from_bytes(bundle.files["run/predictions.bin"])
        if "run/split.bin" in bundle.files:
            deque(unpacked(bundle.files["run/split.bin"]), maxlen=0)
    except EngineError:
        raise
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
        ArithmeticError,
    ) as error:
        log.exception("the bundle %s cannot be taken in", bundle.path)
        raise _broken(bundle, "what it says of its run cannot be read") from error
    if not events or not isinstance(events[-1], Ended):
        raise _broken(bundle, "its run has not ended")
    run = _kept(store, bundle, spec, columns, [*events[:-1], note, events[-1]], held_out)
    yield Written(note=note.text, run=run)


def _broken(bundle: Bundle, why: str) -> EngineError:
    return EngineError(f"{bundle.path} cannot be brought in: {why}.", "Export the run once more.")


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of the run's row; raises ValueError for what does not belong there."""
    found: dict[str, Any] = {}
    for name, most in _TEXTS.items():
        if not isinstance(row[name], str) or len(row[name]) > most:
            raise ValueError(f"{name} is no text of up to {most:,} characters")
        found[name.removesuffix("_text")] = row[name]
    for name in _NUMBERS:
        value = row[name]
        if value is not None and not (isinstance(value, int | float) and 0 <= value < _LATEST):
            raise ValueError(f"{name} is no moment")
        found[name] = value
    if found["created"] is None:
        raise ValueError("created is no moment")
    for name in _HASHES:
        if row[name] is not None and not re.fullmatch("[0-9a-f]{64}", row[name]):
            raise ValueError(f"{name} is no hash")
    provenance = json.loads(row["provenance_json"])
    if not isinstance(provenance, dict):
        raise ValueError("the versions are no object")
    return found | {"provenance": json.dumps(provenance)}


def _note(bundle: Bundle, row: dict[str, Any]) -> Note:
    about = json.loads(bundle.files["bundle.json"])
    times = int(row["test_evaluations"])
    often = "once" if times == 1 else f"{times} times"
    tested = f"; its test set had been evaluated {often} there" if times else ""
    text = f"Brought in from a bundle of run {about['run']}, {about['made_by']}{tested}."
    return Note(level="info", text=text[:500])


def _kept(
    store: Store, bundle: Bundle, spec: RunSpec, columns: dict[str, Any], events: list[Event],
    held_out: HeldOutRows | None,
) -> int:  # fmt: skip
    """Write the run, all of it or nothing; returns its number."""
    row = json.loads(bundle.files[RUN])
    rule = bundle.model.rule
    decides = rule.temperature != 1.0 or rule.threshold is not None
    with store.writing() as connection:
        counted = held_out is None or _counted(connection, columns, held_out)
        run = insert(
            connection, "runs", kind=spec.kind, status="running", spec=spec.model_dump_json(),
            data=spec.data.rpartition("/")[2], target=spec.target, protocol=spec.protocol,
            epochs_planned=spec.epochs_planned,
            decision_rule=rule.model_dump_json() if decides else None, **columns,
        )  # fmt: skip
        RunWriter(store.run(run)).write(connection, events)
        set_columns(connection, run, worked=columns["worked"], ended=columns["ended"])
        keep_artefact(connection, run, "model.keras", bundle.files[MODEL])
        keep_artefact(connection, run, "preparation.json", bundle.files[PREPROCESSING])
        for path, name in ARTEFACTS.items():
            if path in bundle.files:
                keep_artefact(connection, run, name, bundle.files[path])
        if row["data_sha256"] is not None:
            keep_data_hash(connection, run, spec, row["data_sha256"], row["test_data_sha256"])
        if held_out is not None and not counted:
            count_rows(connection, run, held_out)
    return run


def _counted(
    connection: sqlite3.Connection, columns: dict[str, Any], held_out: HeldOutRows
) -> bool:
    """Whether this home has counted the run's evaluation: it is the run's own, or had it before.

    A run is known again by the moments at which it was submitted and begun, which go along.
    """
    return bool(
        connection.execute(
            "SELECT 1 FROM test_evaluations t JOIN runs r ON r.id = t.run"
            " WHERE t.test_set_id = :id AND r.created = :created AND r.started IS :started",
            {"id": held_out.id, "created": columns["created"], "started": columns["started"]},
        ).fetchone()
    )
