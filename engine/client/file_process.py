"""Files made by a process of its own, so that whoever wants them loads no heavy library.

A request goes to the process's standard input as JSON; a line of JSON comes back for each file it
has written. What is not expected goes to its standard error, which is the log.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, TypeVar

from engine.environment.garbage import leave_uncollected
from engine.environment.isolation import engine_environment, set_libraries, stay_inside
from engine.environment.memory import of_memory
from engine.errors import EngineError, FilesExist
from engine.specs.base import Frozen
from engine.store.home import cache_path, log_path, private_file, private_folder
from engine.store.work_folder import work_folder

# the workbench and the trainings beside it come first
NICENESS = 10


class FilesRequest(Frozen):
    """What every request has: the home folder that it is about."""

    home: Path


Request = TypeVar("Request", bound=FilesRequest)


class Written(Frozen):
    """A line of the answer: a file of `size` bytes, a note, a step, or what went wrong.

    `files` is how many there will be; `step` says what is done now, `run` which run was brought in.
    """

    path: str = ""
    size: int = 0
    files: int = 0
    note: str = ""
    step: str = ""
    run: int = 0
    error: str = ""
    hint: str = ""
    exists: bool = False


def written_files(module: str, request: FilesRequest, noun: str) -> Iterator[Written]:
    """What the process `python -m module` writes, as it comes; `noun` is what is written.

    Raises EngineError where nothing or not all was written, `FilesExist` where files are there that
    would have to be overwritten. Whoever stops reading ends the process; a file is written whole or
    not at all.
    """
    with ExitStack() as opened:
        process = opened.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", module],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=opened.enter_context(_log(request.home)),
                text=True, encoding="utf-8", cwd="/", env=engine_environment(),
            )
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        # one that was left before its end is ended
        opened.callback(process.terminate)
        with suppress(BrokenPipeError):
            process.stdin.write(request.model_dump_json())
            process.stdin.close()
        for line in process.stdout:
            found = Written.model_validate_json(line)
            if found.error:
                raise (FilesExist if found.exists else EngineError)(found.error, found.hint)
            yield found
        process.wait()
    if process.returncode < 0:
        raise EngineError(
            f"The {noun} were not all written: their process was ended from outside (signal"
            f" {-process.returncode}).",
            "The system does that where memory is short: end other programs and try again.",
        )
    if process.returncode:
        raise EngineError(
            f"The {noun} were not all written: their process ended with code {process.returncode}.",
            "'penguin-tui engine log' has the details.",
        )


def _log(home: Path) -> IO[bytes]:
    """Where the process says what went wrong; nowhere on a disk that takes no more."""
    try:
        return private_file(log_path(home)).open("ab")
    except (EngineError, OSError):
        return open(os.devnull, "ab")


# -- in the process ------------------------------------------------------------------------------


def answer(kind: type[Request], write: Callable[[Request], Iterable[Written]]) -> int:
    """Answer the request that comes; the exit code says whether all was written.

    `write` is called with the libraries kept inside the home folder, and imports what it needs.
    """
    # who needs no more ends this process: what it has begun goes with it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    request = kind.model_validate_json(sys.stdin.read())
    # what a library prints is no answer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    with ExitStack() as folders, answers:
        folders.callback(leave_uncollected)
        try:
            _keep_inside(request.home, folders)
            for written in write(request):
                print(written.model_dump_json(), file=answers, flush=True)
        except Exception as error:
            known = _explained(error)
            if known is None:
                raise
            found = isinstance(known, FilesExist)
            said = Written(error=known.message, hint=known.hint, exists=found)
            print(said.model_dump_json(), file=answers, flush=True)
            return 1
    return 0


def _explained(error: Exception) -> EngineError | None:
    """What a person reads of an error; None of one that is not expected."""
    if of_memory(error):
        return EngineError(
            "There is too little memory to make the files.",
            "Lift the limit (ulimit -v unlimited) or end other programs; figures take 0.5 GB.",
        )
    return error if isinstance(error, EngineError) else None


def _keep_inside(home: Path, folders: ExitStack) -> None:
    """Have the libraries write to the home folder, or to one that goes with this process.

    Raises EngineError where neither takes anything.
    """
    set_libraries()
    try:
        work, cache = folders.enter_context(work_folder(home)), private_folder(cache_path(home))
    except (EngineError, OSError):
        # a home that cannot be written to is read all the same
        try:
            own = tempfile.TemporaryDirectory(prefix="penguin-tui-files-")
        except OSError as error:
            raise EngineError(
                f"Neither the home folder nor a temporary one can be written to: {error.strerror}.",
                "Make room on the disk.",
            ) from error
        work = cache = Path(folders.enter_context(own))
    stay_inside(work, cache)
