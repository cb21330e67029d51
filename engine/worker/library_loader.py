"""Imports what the jobs need, in the order in which it is needed."""

import gc
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from engine.environment.garbage import uncollected
from engine.environment.isolation import load_keras, load_pandas
from engine.environment.memory import (
    LIGHT,
    TENSORFLOW,
    TRAINER,
    Need,
    of_memory,
    refuse_too_little,
)
from engine.environment.variables import PRECOMPILE
from engine.errors import EngineError
from engine.kinds import KINDS, QUERIES, Kind, Libraries, QueryKind
from engine.store.home import cache_path, private_folder
from engine.trainer import runtime

log = logging.getLogger("engine")


@dataclass
class Loader:
    """What is loaded so far; `run` is for a thread of its own."""

    threads: int
    # called from the loader's thread after each change of the fields below
    changed: Callable[[], object]
    home: Path
    kinds: tuple[str, ...] = ()
    detail: str = "loading pandas, scikit-learn and JAX"
    # why what was wanted cannot be loaded; the main thread takes it away
    failed: EngineError | None = None
    # set once something is wanted that is not loaded
    go_on: threading.Event = field(default_factory=threading.Event)
    # set while nobody waits for a run, an answer or a library
    idle: threading.Event = field(default_factory=threading.Event)
    _loaded: tuple[Libraries, ...] = ()

    def can_answer(self, query: QueryKind) -> bool:
        """Whether what a query of this kind needs is loaded."""
        return query.needs in self._loaded

    def run(self) -> None:
        """Load everything, TensorFlow once it is wanted; the main thread reports a failure.

        Where nothing is to be compiled ahead, JAX waits until it is wanted as well.
        """
        if not self._succeeds(LIGHT, self._load_data):
            return
        ahead = bool(PRECOMPILE.value())
        if ahead and _fits(TRAINER, self.threads):
            self.go_on.set()
        self._load_once_wanted(TRAINER, "JAX", self._load_trainer)
        if ahead:
            threading.Thread(target=self._precompile, name="precompile", daemon=True).start()
        self._load_once_wanted(
            TENSORFLOW, "TensorFlow", lambda: self._load("tensorflow", load_keras)
        )

    def _load_once_wanted(self, need: Need, what: str, load: Callable[[], None]) -> None:
        """Load once somebody wants it, who is told where it fails; then again for the next one."""
        loaded = False
        while not loaded:
            if not self.go_on.is_set():
                self._show("")
                self.go_on.wait()
            self._show(f"loading {what}")
            loaded = self._succeeds(need, load)
            # what was wanted may be this
            self.go_on.clear()
        self._show("")

    def _succeeds(self, need: Need, load: Callable[[], None]) -> bool:
        try:
            refuse_too_little(need, self.threads)
            load()
        except Exception as error:
            log.exception("loading failed")
            self.failed = _reason(error, need)
            self.changed()
            return False
        return True

    def _show(self, detail: str) -> None:
        self.detail = detail
        self.changed()

    def _load_data(self) -> None:
        self._load("data", load_pandas)
        self._rebuild_counts()

    def _load_trainer(self) -> None:
        cache = private_folder(cache_path(self.home))
        self._load("trainer", lambda: runtime.set_up(self.threads, cache))

    def _load(self, needs: Libraries, first: Callable[[], object]) -> None:
        """Import the jobs that need these libraries, after what has to be done `first`."""
        with uncollected():
            first()
            kinds: list[Kind | QueryKind] = [*KINDS.values(), *QUERIES.values()]
            for kind in kinds:
                if kind.needs == needs:
                    import_module(kind.job)
        gc.collect()
        # what is loaded now stays: later collections need not look at it again
        gc.freeze()
        self._loaded = (*self._loaded, needs)
        self.kinds = tuple(kind.name for kind in KINDS.values() if kind.needs in self._loaded)
        self.changed()

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


def _fits(need: Need, threads: int) -> bool:
    try:
        refuse_too_little(need, threads)
    except EngineError:
        return False
    return True


def _reason(error: Exception, need: Need) -> EngineError:
    """What a person reads of a failure to load."""
    if isinstance(error, EngineError):
        return error
    cause = f"{type(error).__name__}: {error}"
    if of_memory(error):
        return EngineError(
            f"There is too little memory to load the engine's libraries ({cause}).",
            f"They take {need.memory / 1e9:.1f} GB: end other programs, or lift a limit"
            " (ulimit -v).",
        )
    return EngineError(
        f"The engine could not load its libraries ({cause}).",
        "Install penguin-tui again; the engine's log has the details.",
    )
