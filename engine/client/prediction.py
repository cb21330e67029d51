"""Predicting a file by a run: a process of its own does it, so that no heavy library is loaded."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal

from engine.environment.isolation import engine_environment
from engine.environment.machine import usable_threads
from engine.environment.memory import LIGHT, refuse_too_little
from engine.errors import EngineError
from engine.results.prediction import FilePrediction
from engine.sources.files import check_file, locate
from engine.specs.data import PENGUINS

_CHUNK_BYTES = 64 * 1024


def predict_file(
    home: Path,
    run: int,
    data: str,
    write: Callable[[bytes], object],
    progress: Callable[[float], object] = lambda done: None,
    *,
    form: Literal["csv", "json"] = "csv",
) -> FilePrediction:
    """Predict the rows of the file `data` by run `run` of a home folder.

    `write` gets them piece by piece, in this thread, as CSV or as `parquet_lines` takes them;
    `progress` the fraction done, in another. What they raise ends the process. Raises EngineError
    where rows cannot be predicted; a part of them may have been written then.
    """
    refuse_too_little(LIGHT, usable_threads())
    path = data if data == PENGUINS else _whole_path(data)
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "engine.worker.predict_file", str(home), str(run),
         path, form],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home,
        env=engine_environment(),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    said: list[dict[str, Any]] = []
    listener = threading.Thread(target=_listen, args=(process.stderr, said, progress))
    try:
        listener.start()
        while chunk := process.stdout.read1(_CHUNK_BYTES):  # type: ignore[attr-defined]
            write(chunk)
    finally:
        process.stdout.close()
        if sys.exc_info()[0] is not None:
            process.kill()
        process.wait()
        listener.join()
        process.stderr.close()
    return _result(said, process.returncode)


def _whole_path(data: str) -> str:
    """Where a file is, for a process with another working folder; raises where there is none."""
    path = locate(data)
    # how much of it can be read depends on how it is packed
    check_file(path, sys.maxsize)
    return str(path.absolute())


def _listen(
    stream: IO[bytes], said: list[dict[str, Any]], progress: Callable[[float], object]
) -> None:
    """Take what the process says until its end; what it came to is put into `said`."""
    for line in stream:
        try:
            found = json.loads(line)
        except ValueError:
            # a library's own words
            continue
        if "done" in found:
            progress(found["done"])
        else:
            said.append(found)


def _result(said: list[dict[str, Any]], code: int) -> FilePrediction:
    last = said[-1] if said else {}
    if "result" in last:
        return FilePrediction.model_validate(last["result"], strict=False)
    if "error" in last:
        raise EngineError(*last["error"])
    raise EngineError(
        f"The process that predicts ended with code {code}.",
        "There may be too little memory; 'penguin-tui engine log' has what it said.",
    )
