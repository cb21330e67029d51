"""What a person is told when something goes wrong that nobody thought of."""

import sqlite3
import sys
import time
import traceback
from pathlib import Path

from engine.errors import EngineError
from engine.store.home import home, private_file
from engine.version import __version__

LOG_NAME = "command-line.log"
LOG_BYTES = 1_000_000


def explain(error: Exception) -> tuple[str, str]:
    """A sentence and a hint for `error`, whose traceback goes to the log file."""
    where = _keep_traceback(error)
    if isinstance(error, sqlite3.Error):
        return f"The store could not be read or written: {error}.", where
    if isinstance(error, OSError):
        name = f" ({error.filename})" if error.filename else ""
        return f"The system refused: {error.strerror or error}{name}.", where
    return f"Something unforeseen went wrong ({type(error).__name__}: {error}).", where


def _keep_traceback(error: Exception) -> str:
    """Append the traceback to the log; returns the sentence that says where it is."""
    text = "".join(traceback.format_exception(error))
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    try:
        path = home() / LOG_NAME
        _write(path, f"{stamp} penguin-tui {__version__} {sys.argv[1:]!r}\n{text}\n")
    except (EngineError, OSError) as refusal:
        return f"The details could not be kept: {refusal}"
    return f"The details are in {path}."


def _write(path: Path, text: str) -> None:
    private_file(path)
    mode = "w" if path.stat().st_size > LOG_BYTES else "a"
    with path.open(mode, encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
