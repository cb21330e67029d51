"""Finished runs made in this process, with all that they leave in the store: without an engine."""

from pathlib import Path
from typing import Any

from engine.jobs import run_job
from engine.kinds import make_spec
from engine.runs.events import Ended, Event
from engine.runs.reporter import (
    Artefact,
    Checkpoint,
    CheckpointDropped,
    DataUsed,
    Reporter,
    TestEvaluated,
)
from engine.store.home import copies_path, private_folder
from engine.store.store import Store
from engine.store.writer import RunWriter, claim, keep_artefact, keep_data_hash
from engine.worker.test_rows import count_rows


def fitted(home: Path, kind: str = "baseline", **fields: Any) -> int:
    """A run of `kind` in the store of a home folder, done here and now; returns its number."""
    with Store.open(home) as store:
        return fitted_in(store, kind, fields)


def fitted_home(folder: Path) -> Path:
    """An empty folder as a private home with one fitted run, a baseline."""
    folder.chmod(0o700)
    fitted(folder)
    return folder


def fitted_in(store: Store, kind: str, fields: dict[str, Any]) -> int:
    """A run in a store that is open, done here and now; returns its number."""
    run = store.submit(make_spec(kind, fields))
    record = claim(store, (kind,), {})
    assert record is not None
    reporter = Reporter()
    reporter.finished(run_job(record.spec, reporter))
    reporter.emit(Ended(status="finished"))
    events: list[Event] = []
    with store.writing() as connection:
        for item in reporter.drain():
            if isinstance(item, Artefact):
                keep_artefact(connection, run, item.name, item.body)
            elif isinstance(item, TestEvaluated):
                count_rows(connection, run, item.held_out)
            elif isinstance(item, DataUsed):
                keep_data_hash(connection, run, record.spec, item.sha256, item.test_sha256)
                if item.body is not None:
                    folder = private_folder(copies_path(store.home))
                    (folder / f"{item.sha256}.csv").write_bytes(item.body)
            elif not isinstance(item, Checkpoint | CheckpointDropped):
                events.append(item)
        RunWriter(record).write(connection, events)
    return run
