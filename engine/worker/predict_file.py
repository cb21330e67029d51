"""A process that predicts one file: rows go to standard output, what they came to to its error.

They go as CSV or, where it is told to, as lines of JSON.

It needs no engine and takes nothing from one. Each line of its error is an object of JSON:
`done`, a fraction; at last `result` or `error` (message and hint).
"""

import io
import json
import logging
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from engine.environment.garbage import leave_uncollected, uncollected
from engine.environment.isolation import load_pandas, set_libraries
from engine.errors import EngineError
from engine.store.home import log_path

PROGRESS_SECONDS = 0.5


def main() -> int:
    """Predict the file that the arguments name: home folder, number of the run, path, form."""
    home, run, data, form = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    # who has started this process decides what Ctrl+C means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(
        handlers=[_log(home)], format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    # on a full disk: standard error has another use
    logging.raiseExceptions = False
    set_libraries()
    try:
        with uncollected():
            load_pandas()
            import_module("engine.prediction.file")
        _say(result=_predict(home, run, data, form))
    except BrokenPipeError:
        # who reads has had enough
        return 1
    except Exception as error:  # noqa: BLE001 - `explained` logs it
        from engine.worker.run_job import explained

        found = explained(error, f"prediction by run {run}")
        _say(error=[found.message, found.hint])
        return 1
    finally:
        leave_uncollected()
    return 0


def _log(home: Path) -> logging.Handler:
    """The log; none on a disk that takes nothing, where predicting is possible all the same."""
    try:
        return logging.FileHandler(log_path(home))
    except OSError:
        return logging.NullHandler()


def _predict(home: Path, run: int, data: str, form: str) -> dict[str, Any]:
    from engine.prediction.file import predict_file
    from engine.prediction.fitted_run import FittedRun
    from engine.prediction.own_rows import OwnRows
    from engine.prediction.written_rows import CsvRows, JsonRows
    from engine.runs.held_out_rows import HeldOutRows
    from engine.store.store import Store
    from engine.worker.test_rows import count_rows

    progress = _progress()
    with Store.open(home) as store:
        fitted = FittedRun.load(store, run)
        own: OwnRows | EngineError
        try:
            own = OwnRows.load(store, fitted.record, lambda _: progress(0.0))
        except EngineError as error:
            own = error

        def count(held_out: HeldOutRows) -> None:
            with store.writing() as connection:
                count_rows(connection, run, held_out)

        with io.TextIOWrapper(sys.stdout.buffer, "utf-8", "replace", newline="") as output:
            rows = JsonRows(output) if form == "json" else CsvRows(output)
            found = predict_file(fitted, own, data, rows, progress, count)
        return found.model_dump(mode="json")


def _progress() -> Callable[[float], None]:
    """Says the fraction done, now and then."""
    said = time.monotonic()

    def progress(done: float) -> None:
        nonlocal said
        if time.monotonic() - said >= PROGRESS_SECONDS:
            said = time.monotonic()
            _say(done=done)

    return progress


def _say(**what: Any) -> None:
    sys.stderr.write(json.dumps(what) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
