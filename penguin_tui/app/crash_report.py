"""What is told and kept when the workbench fails."""

import os
from pathlib import Path


def crash_report(home: Path, trace: str) -> str:
    """Put the traceback into the log file; returns what to tell the person."""
    path = home / "workbench.log"
    flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8") as file:
            file.write(trace + "\n")
    except OSError as error:
        return f"{trace}\nThe workbench has failed ({path} could not be written: {error.strerror})."
    return f"The workbench has failed; runs go on without it. The reason is at the end of {path}."
