"""Programs compiled by XLA, kept on the disk for the next engine.

Tracing and compiling a new shape takes a second or two of both cores; from the disk its machine
code is there in a twentieth of that. It lies in one folder for each combination of what it follows
from: this package's sources, JAX, the processor and how many threads share the work. The machine
code is the one that was compiled, so a figure does not depend on where it came from.

It is code, and it is run: the folder is the user's own and private, like the store.

Nothing here may end a run: what cannot be read is compiled again, what cannot be written stays
away.
"""

import hashlib
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import jax
from jax.experimental import serialize_executable
from jaxlib import version as jaxlib

from engine.environment import clock
from engine.environment.machine import processor_features

log = logging.getLogger("engine")

# a folder that has grown past this begins anew: some eight hundred programs
MAX_BYTES: Final = 256 * 2**20
# other versions and other machines that share the folder
MAX_AGE_SECONDS: Final = 30 * 86_400.0
_DIGEST: Final = 64
# XLA runs a program's operations one after the other: handing the small ones from thread to thread
# took twice the time, and changes no bit
_OPTIONS: Final[dict[str, str | bool]] = {"xla_cpu_enable_concurrency_optimized_scheduler": False}

_folder: Path | None = None


def keep_programs(cache: Path, threads: int) -> None:
    """Keep the programs of this process below `cache`, a private folder; before the first one.

    On Linux alone, where it is known what the processor understands.
    """
    global _folder
    if not processor_features():
        return
    folder = cache / "programs" / _origin(threads)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _tidy(folder)
        _folder = folder
    except OSError as error:
        log.warning("compiled programs are not kept: %s", error)


def compiled(
    name: str, function: Callable[..., Any], arguments: Sequence[Any], results: Any
) -> Callable[..., Any]:
    """`function` for arguments like these, as the program called `name`: kept, or compiled now.

    `arguments` are arrays or lists of them, of which shapes and types count; `results` is nested
    as what the function returns. Afterwards the program may be called by any thread.
    """
    shapes = jax.tree.map(_shape, tuple(arguments))
    path = _folder / f"{name}.program" if _folder is not None else None
    kept = _read(path) if path is not None else None
    if kept is not None:
        try:
            trees = (jax.tree.structure((shapes, {})), jax.tree.structure(results))
            return serialize_executable.deserialize_and_load(kept, *trees)  # type: ignore[no-any-return]
        except Exception as error:  # noqa: BLE001 - whatever it is, compiling takes its place
            log.warning("%s cannot be loaded and is compiled anew: %s", name, error)
    program = jax.jit(function).lower(*shapes).compile(compiler_options=_OPTIONS)
    if path is not None:
        _write(path, program)
    return program


def _shape(array: Any) -> Any:
    return jax.ShapeDtypeStruct(array.shape, array.dtype)  # type: ignore[no-untyped-call]


def _origin(threads: int) -> str:
    """A name that changes with all that a program follows from, besides its shapes."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    # XLA cuts its work by the threads it finds
    versions = f"{jax.__version__} {jaxlib.__version__}"
    digest.update(f"{versions} {threads} {os.cpu_count()} {processor_features()}".encode())
    return digest.hexdigest()[:16]


def _tidy(folder: Path) -> None:
    """Empty what has grown too large, and remove what nobody has used for long.

    Another engine may do the same at the same time: what is gone already is passed over.
    """
    if sum(status.st_size for _, status in _found(folder)) > MAX_BYTES:
        for path in folder.iterdir():
            path.unlink(missing_ok=True)
    os.utime(folder)
    for other, status in _found(folder.parent):
        if clock.now() - status.st_mtime > MAX_AGE_SECONDS:
            shutil.rmtree(other, ignore_errors=True)


def _found(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            yield path, path.stat()


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
    log.warning("%s is damaged: the program is compiled anew", path.name)
    return None


def _write(path: Path, program: Any) -> None:
    """Keep a compiled program; whole or not at all, also beside other engines."""
    part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    try:
        found = serialize_executable.serialize(program)[0]
        part.write_bytes(hashlib.sha256(found).hexdigest().encode() + found)
        part.replace(path)
    except Exception as error:  # noqa: BLE001 - whatever it is, the program itself is there
        log.warning("a compiled program is not kept: %s", error)
        # nor can it be removed from a disk that has become read-only
        with suppress(OSError):
            part.unlink()
