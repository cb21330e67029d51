"""One run from its row in the store to its end, whatever happens."""

import logging
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import EngineError
from engine.jobs import run_job
from engine.runs.events import Ended, EndStatus
from engine.runs.reporter import (
    Artefact,
    Checkpoint,
    CheckpointDropped,
    DataUsed,
    Diverged,
    Reported,
    Reporter,
    Stopped,
    TestEvaluated,
)
from engine.store import RunRecord
from engine.store.home import copies_path, private_file
from engine.store.writer import (
    RunWriter,
    count_test_evaluation,
    drop_checkpoint,
    keep_artefact,
    keep_checkpoint,
    keep_data_hash,
)

log = logging.getLogger("engine")


@dataclass
class Live:
    """A run at work: its thread, its reporter, and the writer of its events."""

    record: RunRecord
    reporter: Reporter
    writer: RunWriter
    thread: threading.Thread
    # set by the thread when all is reported
    end: Ended | None = None
    # reported, and not written yet because the store could not be written
    held: list[Reported] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether all it will ever report has been reported."""
        return self.end is not None or not self.thread.is_alive()


def work(record: RunRecord, reporter: Reporter) -> Ended:
    """Do one run in this thread; says how it ended."""
    status: EndStatus
    try:
        reporter.finished(run_job(record.spec, reporter))
        return Ended(at=time.time(), status="finished")
    except Stopped as stop:
        status, message, hint = "stopped", str(stop) or "Stopped before there was a result.", ""
    except Diverged as error:
        status, message, hint = "diverged", str(error), "Try a lower learning rate."
    except Exception as error:  # noqa: BLE001 - `explained` logs it
        known = explained(error, f"run {record.id}")
        status, message, hint = "failed", known.message, known.hint
    return Ended(at=time.time(), status=status, message=message, hint=hint)


def explained(error: Exception, what: str) -> EngineError:
    """What a person is told of an error that ended `what`; the log has it with its traceback."""
    if isinstance(error, EngineError):
        log.info("%s failed", what, exc_info=error)
        return error
    log.error("%s failed", what, exc_info=error)
    if isinstance(error, MemoryError):
        return EngineError(
            f"There is not enough memory for this {what.split()[0]}.",
            "Try fewer units, a smaller batch or less data.",
        )
    return EngineError(
        f"Something unforeseen went wrong ({type(error).__name__}).",
        "The details are in the log: penguin-tui engine log.",
    )


def unexplained_end() -> Ended:
    """How a run ends whose thread has not said how."""
    return Ended(
        at=time.time(),
        status="failed",
        message="The run's thread ended without a word.",
        hint="The details are in the log: penguin-tui engine log.",
    )


def interrupted_end(run: int) -> Ended:
    """How a run ends that was at work when the engine was asked to end."""
    return Ended(
        at=time.time(),
        status="interrupted",
        message="The engine was asked to end while this run was at work.",
        hint=f"'penguin-tui resume {run}', or c on the Runs screen, goes on from where it was.",
    )


def write_reported(
    home: Path,
    connection: sqlite3.Connection,
    run: int,
    writer: RunWriter,
    reported: Sequence[Reported],
) -> None:
    """Write what a run has reported, in the caller's transaction; for the engine's main thread."""
    events = []
    for item in reported:
        match item:
            case Artefact():
                keep_artefact(connection, run, item.name, item.body)
            case TestEvaluated():
                count_test_evaluation(connection, run, item.test_set_id)
            case Checkpoint():
                keep_checkpoint(connection, run, item.trial, item.epoch, item.body)
            case CheckpointDropped():
                drop_checkpoint(connection, run, item.trial)
            case DataUsed():
                keep_data_hash(connection, run, item.sha256)
                if item.body is not None:
                    _keep_copy(home, item.sha256, item.body)
            case _:
                events.append(item)
    writer.write(connection, events)


def _keep_copy(home: Path, sha256: str, body: bytes) -> None:
    folder = copies_path(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{sha256}.csv"
    if path.exists():
        return
    # whole or not at all: the disk may be full
    new = private_file(path.with_suffix(".new"))
    new.write_bytes(body)
    new.replace(path)
