"""A table as a Parquet file, made by a process of its own, row after row."""

import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from engine.errors import EngineError

_CODE = (
    "import sys; sys.path[:] = sys.argv.pop(1).split(chr(10))\n"
    "from engine.sources.write_parquet import main; main()"
)


def write_parquet(file: BinaryIO, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; NaN is a missing value. Raises as `parquet_lines`."""
    with parquet_lines(file) as write:
        write(json_line(head))
        for row in rows:
            write(json_line(map(_cell, row)))


@contextmanager
def parquet_lines(file: BinaryIO) -> Iterator[Callable[[bytes], object]]:
    """What takes a table as lines of JSON arrays, the names of the columns first, in any pieces.

    The file, which has a descriptor, is whole once the block has ended. Raises EngineError where it
    cannot be made, and without the extra `formats`.
    """
    process = subprocess.Popen(
        # isolated from the person's environment, with the modules of this process
        [sys.executable, "-I", "-c", _CODE, "\n".join(sys.path)],
        stdin=subprocess.PIPE, stdout=file, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stderr is not None
    with process:
        try:
            yield process.stdin.write
            process.stdin.close()
        except BrokenPipeError:
            # the process has ended, and says why
            if process.wait() == 0:
                raise
        except BaseException:
            process.kill()
            raise
        said = process.stderr.read().decode("utf-8", "replace").strip().splitlines()
    if process.returncode:
        raise _explained(said, process.returncode)


def _explained(said: Sequence[str], code: int) -> EngineError:
    try:
        message, hint = json.loads(said[-1])
    except (IndexError, ValueError):
        reason = said[-1] if said else f"its process ended with code {code}"
        message, hint = f"The Parquet file cannot be made: {reason}.", "Write CSV."
    return EngineError(message, hint)


def json_line(cells: Iterable[object]) -> bytes:
    """A row, or the names of the columns, as `parquet_lines` takes them."""
    return f"{json.dumps(list(cells))}\n".encode()


def _cell(value: object) -> object:
    if isinstance(value, float) and math.isnan(value):
        return None
    return value if isinstance(value, bool | int | float | str | None) else str(value)
