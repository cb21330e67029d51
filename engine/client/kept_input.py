"""A table from standard input, kept in the home folder so that a run can read it again.

It lies among the private copies of data files, under the hash of its content; `prune` removes it
when no run uses it any more.
"""

import hashlib
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from engine.errors import EngineError
from engine.sources.inspect import MAX_BYTES
from engine.store.home import copies_path, private_file, private_folder

STANDARD_INPUT = "-"
_CHUNK_BYTES = 4 * 2**20


def keep_input(home: Path, stream: BinaryIO) -> tuple[Path, int]:
    """Keep what comes from `stream`: its file, and its size in bytes.

    Raises EngineError where nothing comes, more than 2 GB, or more than the disk has room for;
    nothing is kept then.
    """
    folder = private_folder(copies_path(home))
    waiting = private_file(folder / f"input-{os.getpid()}.part")
    digest, size = hashlib.sha256(), 0
    try:
        with waiting.open("wb") as file:
            while chunk := stream.read(_CHUNK_BYTES):
                size += len(chunk)
                _refuse_too_much(folder, size, len(chunk))
                digest.update(chunk)
                file.write(chunk)
        if not size:
            raise EngineError(
                "Nothing came from standard input.", "Pipe a table into it, or name a file."
            )
        path = folder / f"{digest.hexdigest()}.csv"
        waiting.replace(path)
    except OSError as error:
        raise EngineError(
            f"Standard input cannot be kept in {folder}: {error.strerror}.",
            "Make room on the disk, or name a file.",
        ) from error
    finally:
        waiting.unlink(missing_ok=True)
    return path, size


def _refuse_too_much(folder: Path, size: int, chunk: int) -> None:
    if size > MAX_BYTES:
        raise EngineError(
            f"Standard input has more than {MAX_BYTES / 2**30:.0f} GB.",
            "Take a sample of its rows, or fewer columns.",
        )
    if shutil.disk_usage(folder).free < 2 * chunk:
        raise EngineError(
            f"The disk of {folder} has no room for standard input.",
            "Make room, or name a file that is there already.",
        )
