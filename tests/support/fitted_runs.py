"""Finished runs made in this process, with all that they leave in the store: without an engine."""

from pathlib import Path
from typing import Any

from engine.jobs import run_job
from engine.kinds import make_spec
from engine.runs.events import Ended, Event, Finished
from engine.runs.reporter import Artefact, DataUsed, Reporter, TestEvaluated
from engine.store.home import copies_path, private_folder
from engine.store.store import Store
from engine.store.writer import RunWriter, claim, keep_artefact, keep_data_hash
from engine.worker.test_rows import count_rows


def fitted(home: Path, kind: str = "baseline", **fields: Any) -> int:
    """A run of `kind`, done here and now; returns its number."""
    spec, reporter = make_spec(kind, fields), Reporter()
    result = run_job(spec, reporter)
    with Store.open(home) as store:
        run = store.submit(spec)
        record = claim(store, (kind,), {})
        assert record is not None
        with store.writing() as connection:
            events: list[Event] = []
            for item in reporter.drain():
                if isinstance(item, Artefact):
                    keep_artefact(connection, run, item.name, item.body)
                elif isinstance(item, TestEvaluated):
                    count_rows(connection, run, item.held_out)
                elif isinstance(item, DataUsed):
                    keep_data_hash(connection, run, spec, item.sha256, item.test_sha256)
                    if item.body is not None:
                        folder = private_folder(copies_path(home))
                        (folder / f"{item.sha256}.csv").write_bytes(item.body)
            events += [Finished(result=result), Ended(status="finished")]
            RunWriter(record).write(connection, events)
    return run
