"""Asking the engine small questions: ask, wait for the answer, withdraw."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from engine.client.process import ensure_engine, reconcile
from engine.errors import EngineError
from engine.kinds import QUERIES
from engine.specs.base import Frozen
from engine.specs.data import PENGUINS, DataSpec
from engine.store import queries
from engine.store.store import Store
from engine.store.store_file import HEARTBEAT_SECONDS
from engine.version import __version__


def ask(store: Store, kind: str, arguments: Frozen, asker: str, *, engine: bool = True) -> int:
    """Put a query in place of the last one of `asker` in this process; returns its number.

    With `engine` an engine is started when none is alive. Raises `EngineError`
    when the arguments name a data file that cannot be used, as far as a glance
    can tell, or when no engine could be started.
    """
    if isinstance(arguments, DataSpec):
        arguments = _of_its_file(arguments)
    text = arguments.model_dump_json()
    query = queries.ask(store, kind, text, asker, _key(kind, text))
    if engine:
        found = queries.look(store, query)
        # an answer may have been kept
        if found is None or found.answer is None:
            ensure_engine(store)
    return query


def _of_its_file(arguments: DataSpec) -> DataSpec:
    from engine.client.checking import checked, with_absolute_path
    from engine.specs.run_spec import RunSpec

    if isinstance(arguments, RunSpec):
        return checked(arguments)
    # the engine has another folder
    return with_absolute_path(arguments)


def answer(
    store: Store,
    kind: str,
    arguments: Frozen,
    asker: str,
    show_phase: Callable[[str], object] = lambda _: None,
) -> Frozen:
    """Ask, and wait for the answer; `show_phase` is called with what the engine is busy with.

    The query is withdrawn when this is left in any way (Ctrl+C). Raises
    `EngineError` with the reason when there is no answer.
    """
    waiter, phase = store.waiter, ""
    query = ask(store, kind, arguments, asker)
    try:
        while True:
            found = queries.look(store, query)
            if found is None:
                raise EngineError("The query was replaced by a newer one of the same asker.")
            if found.error is not None:
                raise found.error
            if found.answer is not None:
                return read_answer(kind, found.answer)
            if found.phase != phase:
                phase = found.phase
                show_phase(phase)
            waiter.wait(HEARTBEAT_SECONDS)
            reconcile(store)
    finally:
        queries.remove(store, query)


def read_answer(kind: str, body: bytes) -> Frozen:
    """The result that an answer holds; raises `EngineError` when it holds none."""
    try:
        return QUERIES[kind].result.model_validate_json(body)
    except ValueError as error:
        raise EngineError("The answer in the store cannot be read.", "Ask again.") from error


def _key(kind: str, arguments: str) -> str | None:
    """Under what the answer is kept: the question, the version, and the file as it is now.

    A file counts as the same while its place, size and time of change are: a
    hash of a large one would take longer than this may.
    """
    if not QUERIES[kind].keeps_answers:
        return None
    data = json.loads(arguments).get("data", PENGUINS)
    identity: tuple[int, ...] = ()
    if data != PENGUINS:
        try:
            found = os.stat(Path(data))
        except (OSError, ValueError):
            return None
        identity = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
    whole = json.dumps([__version__, kind, arguments, identity])
    return hashlib.sha256(whole.encode()).hexdigest()
