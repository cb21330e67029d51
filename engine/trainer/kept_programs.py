"""What was traced and compiled, kept on the disk for the next engine.

Until a program has run once, Python traces it and XLA compiles it; from the disk it is there in a
tenth of the time. Two things are kept: what was traced, by us, and the machine code, by
TensorFlow's own cache, which finds it again by what was traced. Both lie in one folder for each
combination of what they follow from: this package's sources, TensorFlow, the processor and how
many threads share the work. The machine code is the one that was compiled, so a figure does not
depend on where it came from.

Nothing here may end a run: what cannot be read is made again, what cannot be written stays away.
"""

import hashlib
import itertools
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from engine.environment import clock
from engine.environment.machine import processor_features

log = logging.getLogger("engine")

# a folder that has grown past this begins anew: some two thousand programs
MAX_BYTES: Final = 256 * 2**20
# other versions and other machines that share the folder
MAX_AGE_SECONDS: Final = 30 * 86_400.0
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 (a folder with a random name is made in it)
_DIGEST: Final = 64

_folder: Path | None = None
# what TensorFlow writes to: a descriptor, since where it leads can be changed without a disk
_descriptor: int | None = None
_moving = threading.Lock()
_count = itertools.count()


def keep_programs(cache: Path, tensorflow: str, threads: int) -> None:
    """Keep the programs of this process below `cache`, a private folder; before the first one.

    `tensorflow` is its version. Machine code is kept on Linux alone, where it is known what the
    processor understands.
    """
    global _folder, _descriptor
    folder = cache / "programs" / _origin(tensorflow, threads)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _tidy(folder)
        _folder = folder
        if processor_features():
            _descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        log.warning("compiled programs are not kept: %s", error)
        return
    if _descriptor is not None:
        # read when the first program is compiled
        os.environ["TF_XLA_FLAGS"] = (
            f"--tf_xla_persistent_cache_directory=/proc/self/fd/{_descriptor}"
            " --tf_xla_persistent_cache_device_types=CPU,XLA_CPU_JIT"
        )


def traced(name: str, trace: Callable[[], bytes]) -> bytes:
    """What `trace` gives for the program called `name`: kept, or traced now and kept."""
    if _folder is None:
        return trace()
    path = _folder / f"{name}.traced"
    found = _read(path)
    if found is None:
        found = trace()
        _write(path, found)
    return found


def compiled_when_called(
    program: Callable[[str], Callable[..., Any]], name: str
) -> Callable[..., Any]:
    """What `program` makes for `name`, compiled by its first call, whatever the disk does.

    TensorFlow gives up a program whose machine code it can neither read nor write, and remembers
    that by the name: it then gets another.
    """
    ready, compiled = program(name), False

    def call(*arguments: Any) -> Any:
        nonlocal ready, compiled
        if compiled:
            return ready(*arguments)
        try:
            out = ready(*arguments)
        except Exception as error:
            if _descriptor is None:
                raise
            log.warning("compiled anew, and the program is not kept: %s", error)
            with _in_memory():
                ready = program(f"{name}_{next(_count)}")
                out = ready(*arguments)
        compiled = True
        return out

    return call


@contextmanager
def _in_memory() -> Iterator[None]:
    """Let TensorFlow find nothing for a moment, and write to memory; what it kept is removed."""
    assert _descriptor is not None
    assert _folder is not None
    for path in _folder.glob("*.pb"):
        path.unlink(missing_ok=True)
    with _moving, TemporaryDirectory(dir=_MEMORY, prefix="penguin-tui-") as memory:
        disk = os.dup(_descriptor)
        opened = os.open(memory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.dup2(opened, _descriptor, inheritable=False)
            yield
        finally:
            os.dup2(disk, _descriptor, inheritable=False)
            os.close(disk)
            os.close(opened)


def _origin(tensorflow: str, threads: int) -> str:
    """A name that changes with all that a program follows from, besides its shapes."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    # XLA cuts its work by the threads it finds
    features = f"{tensorflow} {threads} {os.cpu_count()} {processor_features()}"
    digest.update(features.encode())
    return digest.hexdigest()[:16]


def _tidy(folder: Path) -> None:
    """Empty what has grown too large, and remove what nobody has used for long."""
    if sum(entry.stat().st_size for entry in os.scandir(folder)) > MAX_BYTES:
        for entry in os.scandir(folder):
            Path(entry).unlink(missing_ok=True)
    os.utime(folder)
    for other in folder.parent.iterdir():
        if clock.now() - other.stat().st_mtime > MAX_AGE_SECONDS:
            shutil.rmtree(other, ignore_errors=True)


def _read(path: Path) -> bytes | None:
    """What was kept; None where nothing was, or not whole."""
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("a kept program cannot be read: %s", error)
        return None
    digest, found = kept[:_DIGEST], kept[_DIGEST:]
    if hashlib.sha256(found).hexdigest().encode() == digest:
        return found
    log.warning("%s is damaged: the program is traced anew", path.name)
    return None


def _write(path: Path, found: bytes) -> None:
    """Keep `found`; whole or not at all, also beside other engines."""
    part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    try:
        part.write_bytes(hashlib.sha256(found).hexdigest().encode() + found)
        part.replace(path)
    except OSError as error:
        log.warning("a traced program is not kept: %s", error)
        part.unlink(missing_ok=True)
