"""On a worker: a batch of tasks is done, and what it reports is carried to the host.

The module is light: Dask imports it to find what it is to call. What the work itself needs is
imported once this process has been set up as an engine is, so that the figures are the same.
"""

import hashlib
import json
import logging
import pickle
import platform
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from engine.environment.isolation import load_pandas, set_libraries
from engine.environment.machine import processor_features
from engine.environment.provenance import current
from engine.errors import EngineError
from engine.runs.reporter import EpochRow, Reporter, Stopped
from engine.store.home import cache_path, home, private_folder

log = logging.getLogger("engine")

# how often what a batch has come to is sent ahead of its end
LIVE_SECONDS = 0.25
# the scheduler keeps what is sent ahead: from a network on, a batch reports at its end alone
LIVE_BYTES = 64 * 1024
# of what runs share, what a worker keeps unpickled
KEPT_SHARED = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Some tasks of a run: `work` is a function by module and name, the tasks are pickled.

    `token` names what they are part of, `shared` is the hash of what they share, `threads` what the
    host's process uses, `identity` is that of the host. A batch with a `topic` sends ahead what it
    reports.
    """

    number: int
    token: str
    work: tuple[str, str]
    shared: str
    tasks: bytes
    count: int
    threads: int
    identity: str
    topic: str = ""


class OtherVersion(Exception):
    """A worker has other versions than the host, which does not know that yet."""


class Report(NamedTuple):
    """Something that a batch has reported, `at` seconds of its process's clock.

    `item` is what a reporter takes, or a `Call` of the watch.
    """

    at: float
    item: Any


class Call(NamedTuple):
    """A method of the watch, and what it is called with."""

    method: Callable[..., object]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What batch `number` has reported from its `first` item on, up to `now` of the same clock."""

    number: int
    first: int
    reports: Sequence[Report]
    now: float


@dataclass(frozen=True, slots=True)
class Done:
    """All that a batch has reported, and how long its tasks took on `host`.

    `threads` is what a large operation may use there, fixed when the worker did its first batch.
    """

    part: Part
    seconds: float
    host: str
    threads: int


def read(body: bytes) -> Any:
    """A `Part` or a `Done` as a worker has sent it: a worker that runs tasks is trusted."""
    return pickle.loads(body)  # noqa: S301 - from our own workers


class RelayReporter(Reporter):
    """Keeps all that is reported, in its order, and sends it ahead now and then by `send`."""

    def __init__(self, number: int, send: Callable[[bytes], object] | None) -> None:
        super().__init__()
        self._number, self._send = number, send
        self._reports: list[Report] = []
        self._sent, self._sent_at = 0, 0.0

    def emit(self, item: Any) -> None:
        """Keep what is reported; called from the batch's thread."""
        if self._send is not None and not isinstance(item, EpochRow):
            # epochs are many, and small
            self._send = self._send if len(pickle.dumps(item)) <= LIVE_BYTES else None
        self._reports.append(Report(time.monotonic(), item))
        if self._send is not None and time.monotonic() - self._sent_at >= LIVE_SECONDS:
            self._sent_at = time.monotonic()
            part, self._sent = self._part(self._sent), len(self._reports)
            self._send(pickle.dumps(part))

    def _part(self, first: int) -> Part:
        return Part(self._number, first, self._reports[first:], time.monotonic())

    @property
    def whole(self) -> Part:
        """Everything, whether it was sent ahead or not."""
        return self._part(0)


@dataclass(frozen=True)
class RelayOutlet:
    """The outlet of work whose watch is in the host's process."""

    reporter: RelayReporter

    def report(self, method: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        """Have it called there."""
        self.reporter.emit(Call(method, args, kwargs))


# -- called by Dask ------------------------------------------------------------------------------


def describe() -> dict[str, Any]:
    """What decides the figures of this process: versions, processor; as a run's provenance."""
    return current() | {"features": hashlib.sha256(processor_features().encode()).hexdigest()}


@lru_cache(maxsize=1)
def identity() -> str:
    """What a worker has to have in common with the host: versions of what computes and sends."""
    own = current()
    python = own["python"].rpartition(".")[0]
    return json.dumps([own["penguin_tui"], own["trainer"], python, own["versions"]], sort_keys=True)


def do(batch: Batch, shared: bytes) -> bytes:
    """Do a batch; a pickled `Done`. Raises `OtherVersion`, and what the work raises.

    After a stop it returns early.
    """
    if batch.identity != identity():
        raise OtherVersion
    _set_up(batch.threads)
    _keep_to_itself()
    tasks = pickle.loads(batch.tasks)  # noqa: S301 - sent by the host
    data = _shared(batch.shared, shared)
    module, name = batch.work
    work = getattr(import_module(module), name)
    reporter = RelayReporter(batch.number, _sender(batch.topic))
    with _lock:
        _running[batch.token, batch.number] = reporter
        ended = _ended.get(batch.token)
    begun = time.monotonic()
    try:
        if ended is None:
            work(data, tasks, RelayOutlet(reporter), 1)
    except Stopped:
        pass  # what was reported before is what there is
    finally:
        with _lock:
            del _running[batch.token, batch.number]
    seconds = time.monotonic() - begun
    return pickle.dumps(Done(reporter.whole, seconds, platform.node(), _ready[0]))


def stop(token: str, *, interrupt: bool) -> None:
    """End the batches of `token` that run here, and those that come."""
    with _lock:
        _ended[token] = interrupt
        while len(_ended) > _KEPT_ENDED:
            _ended.popitem(last=False)
        concerned = [own for (other, _), own in _running.items() if other == token]
    for reporter in concerned:
        _request(reporter, interrupt=interrupt)


def skip(token: str, number: int) -> None:
    """Skip the running trial of a batch, where it is here."""
    with _lock:
        reporter = _running.get((token, number))
    if reporter is not None:
        reporter.request_skip()


# -- this process --------------------------------------------------------------------------------

_lock = threading.Lock()
_running: dict[tuple[str, int], RelayReporter] = {}
# tokens that have ended, and whether they are to be resumed
_ended: OrderedDict[str, bool] = OrderedDict()
_KEPT_ENDED = 100
_ready: list[int] = []
_loading = threading.Lock()
_kept: OrderedDict[str, Any] = OrderedDict()
_thread = threading.local()


def _request(reporter: Reporter, *, interrupt: bool) -> None:
    if interrupt:
        reporter.request_interrupt()
    else:
        reporter.request_stop()


def _sender(topic: str) -> Callable[[bytes], object] | None:
    if not topic:
        return None
    worker = import_module("distributed").get_worker()
    return lambda body: worker.log_event(topic, body)


def _set_up(threads: int) -> None:
    """What an engine does before its first run; once a process."""
    with _loading:
        if _ready:
            return
        set_libraries()
        load_pandas()
        import_module("engine.trainer.runtime").set_up(threads, _program_cache())
        _ready.append(threads)


def _program_cache() -> Path | None:
    """The folder in which an engine of this machine keeps compiled programs; None: nowhere."""
    try:
        return private_folder(cache_path(home()))
    except (EngineError, OSError) as error:
        log.warning("compiled programs are not kept: %s", error)
        return None


def _keep_to_itself() -> None:
    """Linear algebra and OpenMP keep to this thread, as in an engine: sums come in one order.

    BLAS has the limit for the whole process, OpenMP for each thread.
    """
    if not getattr(_thread, "limited", False):
        _thread.limited = True
        import_module("threadpoolctl").threadpool_limits(1)


def _shared(key: str, body: bytes) -> Any:
    """What tasks share, unpickled once for those that follow each other."""
    with _loading:
        if key not in _kept:
            _kept[key] = pickle.loads(body)  # noqa: S301 - sent by the host
            while len(_kept) > KEPT_SHARED:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]
