"""One run from its row in the store to its end, whatever happens."""

import logging
from contextlib import ExitStack

from engine.cluster.connection import Connection
from engine.cluster.executor import ClusterExecutor
from engine.environment.memory import give_back, of_memory
from engine.errors import EngineError
from engine.jobs import run_job
from engine.runs.events import Ended
from engine.runs.reporter import Diverged, Interrupted, Reporter, Stopped
from engine.store.records import RunRecord

log = logging.getLogger("engine")


def work(record: RunRecord, reporter: Reporter) -> Ended:
    """Do one run in this thread; returns how it ended."""
    try:
        with ExitStack() as opened:
            if record.cluster is not None:
                reporter.phase(f"connecting to {record.cluster.address}")
                connection = opened.enter_context(Connection(record.cluster))
                reporter.executor = ClusterExecutor(connection)
            reporter.finished(run_job(record.spec, reporter))
        return Ended(status="finished")
    except Interrupted as error:
        log.info("run %s is interrupted", record.id, exc_info=error)
        hint = error.hint.replace("RUN", str(record.id))
        return Ended(status="interrupted", message=str(error), hint=hint)
    except Stopped as stop:
        return Ended(status="stopped", message=str(stop) or "Stopped before there was a result.")
    except Diverged as error:
        return Ended(status="diverged", message=str(error), hint="Try a lower learning rate.")
    except Exception as error:  # noqa: BLE001 - `explained` logs it
        known = explained(error, f"run {record.id}")
        return Ended(status="failed", message=known.message, hint=known.hint)
    finally:
        give_back()


def explained(error: Exception, what: str) -> EngineError:
    """What a person reads of an error that ended `what`; the log has it with its traceback."""
    if isinstance(error, EngineError):
        log.info("%s failed", what, exc_info=error)
        return error
    log.error("%s failed", what, exc_info=error)
    if of_memory(error):
        return EngineError(
            f"There is not enough memory for this {what.split()[0]}.",
            "Try fewer units, a smaller batch or less data.",
        )
    return EngineError(
        f"Unexpected error ({type(error).__name__}).",
        "The details are in the log: penguin-tui engine log.",
    )


def unexplained_end() -> Ended:
    """How a run ends whose thread died without reporting an end."""
    return Ended(
        status="failed",
        message="The run ended without a result (unexpected error; see the log).",
        hint="The details are in the log: penguin-tui engine log.",
    )


def interrupted_end(run: int) -> Ended:
    """How a run ends that was running when the engine was shut down."""
    return Ended(
        status="interrupted",
        message="The engine was shut down during this run.",
        hint=f"'penguin-tui resume {run}', or p on the Runs screen, continues from its last"
        " checkpoint.",
    )
