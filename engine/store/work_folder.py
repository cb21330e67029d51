"""Folders for unfinished work, inside the home; each goes with the process that made it.

What a killed process has left the next engine removes. A folder of this program's holds a mark,
which names the folder and is locked as long as its maker lives: without it, or while it is locked,
nothing is removed.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.store.home import private_folder, work_path
from engine.store.locks import Lock

MARK = ".made-by-penguin-tui"


@contextmanager
def work_folder(home: Path) -> Iterator[Path]:
    """A new private folder of this process in the home folder, removed in the end."""
    folder = Path(tempfile.mkdtemp(dir=private_folder(work_path(home)), prefix=""))
    try:
        # locked before it bears its name, so that nobody takes it for left behind
        unnamed = folder / "unnamed"
        with Lock(unnamed):
            unnamed.write_text(folder.name)
            unnamed.rename(folder / MARK)
            yield folder
    finally:
        # without a mark, on a full disk, nobody else would
        shutil.rmtree(folder, ignore_errors=True)


def remove_left_behind(home: Path) -> list[Path]:
    """Remove the folders of processes that are no more; returns which those were."""
    removed = []
    for folder in private_folder(work_path(home)).iterdir():
        # without a mark, or with one that its maker still holds, it stays
        with suppress(OSError), open(folder / MARK, opener=_unless_a_link) as mark:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            own = os.fstat(mark.fileno()).st_uid == os.getuid() and not folder.is_symlink()
            if own and mark.read() == folder.name:
                shutil.rmtree(folder, ignore_errors=True)
                removed.append(folder)
    return removed


def _unless_a_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
