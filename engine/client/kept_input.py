"""A table from standard input, kept in the home folder so that a run can read it again.

It lies among the private copies of data files, under the hash of its content; `prune` removes it
when no run uses it any more.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
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
    folder, waiting = _places(home)
    try:
        with _explained(folder):
            sha256, size = _receive(stream, waiting, MAX_BYTES)
            path = folder / f"{sha256}.csv"
            waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)
    return path, size


@contextmanager
def passing_input(home: Path, stream: BinaryIO) -> Iterator[Path]:
    """What comes from `stream` as a file, which is removed afterwards; raises as `keep_input`.

    It may have any size that the disk has room for.
    """
    folder, waiting = _places(home)
    try:
        with _explained(folder):
            _receive(stream, waiting)
        yield waiting
    finally:
        waiting.unlink(missing_ok=True)


def _places(home: Path) -> tuple[Path, Path]:
    """The folder of private copies, and a file in it for what comes."""
    folder = private_folder(copies_path(home))
    return folder, private_file(folder / f"input-{os.getpid()}.part")


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(
            f"Standard input cannot be kept in {folder}: {error.strerror}.",
            "Make room on the disk, or name a file.",
        ) from error


def _receive(stream: BinaryIO, waiting: Path, most_bytes: float = inf) -> tuple[str, int]:
    """Write all of `stream` to the file `waiting`: its SHA-256, and its size in bytes."""
    digest, size = hashlib.sha256(), 0
    with waiting.open("wb") as file:
        while chunk := stream.read(_CHUNK_BYTES):
            size += len(chunk)
            _refuse_too_much(waiting.parent, size, len(chunk), most_bytes)
            digest.update(chunk)
            file.write(chunk)
    if not size:
        raise EngineError(
            "Nothing came from standard input.", "Pipe a table into it, or name a file."
        )
    return digest.hexdigest(), size


def _refuse_too_much(folder: Path, size: int, chunk: int, most_bytes: float) -> None:
    if size > most_bytes:
        raise EngineError(
            f"Standard input has more than {most_bytes / 2**30:.0f} GB.",
            "Take a sample of its rows, or fewer columns.",
        )
    if shutil.disk_usage(folder).free < 2 * chunk:
        raise EngineError(
            f"The disk of {folder} has no room for standard input.",
            "Make room, or name a file that is there already.",
        )
