"""Imports what the jobs need, in the order in which it is needed."""

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from engine.environment.isolation import load_pandas
from engine.environment.memory import LIGHT, TENSORFLOW, of_memory, refuse_too_little
from engine.environment.variables import PRECOMPILE
from engine.errors import EngineError
from engine.kinds import KINDS, QUERIES, QueryKind
from engine.store.home import cache_path, private_folder
from engine.trainer import runtime

# answered before TensorFlow has been loaded
LIGHT_KINDS = tuple(kind.name for kind in KINDS.values() if not kind.needs_tensorflow)

log = logging.getLogger("engine")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage meanwhile: it takes a sixth of an import, which leaves hardly any."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass
class Loader:
    """What is loaded so far; `run` is for a thread of its own."""

    threads: int
    # called from the loader's thread after each change of the fields below
    changed: Callable[[], object]
    home: Path
    kinds: tuple[str, ...] = ()
    detail: str = "loading pandas and scikit-learn"
    # why it cannot load what is needed
    failed: EngineError | None = None
    # unset while runs that need no TensorFlow are queued or running
    go_on: threading.Event = field(default_factory=threading.Event)
    # set while nothing is queued or running
    idle: threading.Event = field(default_factory=threading.Event)

    def can_answer(self, query: QueryKind) -> bool:
        """Whether what a query of this kind needs is loaded."""
        return len(self.kinds) == len(KINDS) if query.needs_tensorflow else bool(self.kinds)

    def run(self) -> None:
        """Load everything; a failure is kept for the main thread to report."""
        try:
            refuse_too_little(LIGHT, self.threads)
            with _uncollected():
                self._load_light()
            self._rebuild_counts()
            self.kinds = LIGHT_KINDS
            self.changed()
            self.go_on.wait()
            self.detail = "loading TensorFlow"
            self.changed()
            refuse_too_little(TENSORFLOW, self.threads)
            with _uncollected():
                self._load_all()
            gc.collect()
            # what is loaded now stays: later collections need not look at it again
            gc.freeze()
            self.kinds, self.detail = tuple(KINDS), ""
        except Exception as error:
            log.exception("loading failed")
            self.failed = _reason(error)
            return
        finally:
            self.changed()
        if PRECOMPILE.value():
            self._precompile()

    def _load_light(self) -> None:
        load_pandas()
        for name in LIGHT_KINDS:
            import_module(KINDS[name].job)
        for query in QUERIES.values():
            if not query.needs_tensorflow:
                import_module(query.job)

    def _load_all(self) -> None:
        runtime.set_up(self.threads, private_folder(cache_path(self.home)))
        for job in [k.job for k in KINDS.values()] + [q.job for q in QUERIES.values()]:
            import_module(job)

    def _rebuild_counts(self) -> None:
        """Count by rows what earlier versions counted otherwise; without it, their counts stay."""
        try:
            import_module("engine.worker.test_rows").rebuild_counts(self.home)
        except Exception:
            log.exception("the test evaluations of earlier versions could not be counted by rows")

    def _precompile(self) -> None:
        """Compile the usual programs one by one, each only while the engine is idle.

        Without it the first runs take a little longer: a failure is for the log alone.
        """
        steps = import_module("engine.worker.precompile").precompile_usual()
        try:
            while True:
                self.idle.wait()
                if next(steps, None) is None:
                    return
        except Exception:
            log.exception("compiling ahead failed")


def _reason(error: Exception) -> EngineError:
    """What a person reads of a failure to load."""
    if isinstance(error, EngineError):
        return error
    cause = f"{type(error).__name__}: {error}"
    if of_memory(error):
        return EngineError(
            f"There is too little memory to load the engine's libraries ({cause}).",
            f"They take {TENSORFLOW.memory / 1e9:.1f} GB: end other programs, or lift a limit"
            " (ulimit -v).",
        )
    return EngineError(
        f"The engine could not load its libraries ({cause}).",
        "Install penguin-tui again; the engine's log has the details.",
    )
