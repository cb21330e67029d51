"""Temporary folders, which go with the job that made them, or else with the next engine.

A process that is killed cannot tidy up; its number in a folder's name says whose it was.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

_OURS = re.compile(r"penguin-tui-(\d+)-.+")


def temporary_folder() -> "tempfile.TemporaryDirectory[str]":
    """A new folder of this process; use as a context manager."""
    return tempfile.TemporaryDirectory(prefix=f"penguin-tui-{os.getpid()}-")


def remove_left_behind() -> list[Path]:
    """Remove what this user's processes that are no more have left; returns what that was."""
    removed = []
    for path in Path(tempfile.gettempdir()).glob("penguin-tui-*"):
        named = _OURS.fullmatch(path.name)
        try:
            own = path.lstat().st_uid == os.getuid() and path.is_dir() and not path.is_symlink()
        except OSError:
            # somebody else was quicker
            continue
        if named and own and not _alive(int(named[1])):
            shutil.rmtree(path, ignore_errors=True)
            removed.append(path)
    return removed


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
