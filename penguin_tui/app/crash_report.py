"""Unexpected errors: a sentence for the person, the traceback for the log.

The store's modules are imported where they are needed: the first frame waits for none.
"""

import sys
import time
import traceback
from pathlib import Path

from engine.errors import EngineError
from engine.version import __version__

# a longer log begins again
LOG_BYTES = 1_000_000


def explain(error: Exception) -> tuple[str, str]:
    """What went wrong in a command, and where its traceback is; keeps the traceback."""
    import sqlite3

    where = _keep(None, "command-line.log", "".join(traceback.format_exception(error)))
    if isinstance(error, sqlite3.Error):
        return f"The store could not be read or written: {error}.", where
    if isinstance(error, OSError):
        name = f" ({error.filename})" if error.filename else ""
        return f"The system refused: {error.strerror or error}{name}.", where
    return f"Unexpected error ({type(error).__name__}: {error}).", where


def crash_report(folder: Path, trace: str) -> str:
    """What to print when the workbench has failed with this traceback; keeps it in `folder`."""
    where = _keep(folder, "workbench.log", trace)
    return f"The workbench has failed; runs continue without it. {where}"


def _keep(folder: Path | None, log: str, trace: str) -> str:
    """Append a traceback to a log (None: of the home folder); returns where it is, in words."""
    from engine.store.home import home, private_file

    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    try:
        path = private_file((folder or home()) / log)
        mode = "w" if path.stat().st_size > LOG_BYTES else "a"
        with path.open(mode, encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{stamp} penguin-tui {__version__} {sys.argv[1:]!r}\n{trace}\n")
    except (EngineError, OSError) as refusal:
        return f"The details could not be kept ({refusal}):\n{trace}"
    return f"The details are in {path}."
