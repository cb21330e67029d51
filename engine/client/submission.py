"""Queueing runs, and later requests to them: stop, resume, kill, rerun."""

import signal
from typing import TYPE_CHECKING

from engine.client.process import (
    KILL_SECONDS,
    ensure_engine,
    other_version,
    reconcile,
    wait_for_end,
)
from engine.environment.machine import since_this_boot, usable_threads
from engine.environment.memory import LIGHT, refuse_too_little
from engine.errors import EngineError
from engine.kinds import label_of
from engine.store.control import tell_engine
from engine.store.engine_record import EngineRecord
from engine.store.explain import StoreError
from engine.store.heartbeat import heartbeat
from engine.store.home import copies_path
from engine.store.locks import engine_alive, signal_holder
from engine.store.records import RESUMABLE, RequestKind, RunRecord
from engine.store.store import Store

# whoever only stops a run needs neither specs nor what reads files
if TYPE_CHECKING:
    from engine.specs.run_spec import RunSpec

# a run that ignores a stop for so long may be killed
IGNORED_SECONDS = 5.0
# so long another program may hold the store until a request goes past it
PATIENCE_SECONDS = 2.0


def submit(store: Store, spec: "RunSpec", *, name: str = "", cluster: str = "") -> int:
    """Check what can be checked at once, then `queue` the run; returns its id.

    Raises `EngineError` as the two do, and nothing is stored where `checked` does.
    """
    from engine.client.checking import checked

    return queue(store, checked(spec), name=name, cluster=cluster)


def queue(store: Store, spec: "RunSpec", *, name: str = "", cluster: str = "") -> int:
    """Queue the run of a spec that `checked` gave, and see that an engine takes it; its id.

    `cluster` is where its trials are trained: an address, or `local`; empty as chosen for all runs.
    Raises `EngineError` because an engine would not have the memory, and nothing is stored then;
    or because no engine could be started, and the run stays queued.
    """
    from engine.client.cluster_choice import chosen_cluster

    if not engine_alive(store.home):
        refuse_too_little(LIGHT, usable_threads())
    if other_version(store) is not None:
        # one without work makes room now, so that it cannot take what it may misread
        ensure_engine(store)
    where = chosen_cluster(store, spec.kind, cluster)
    run = store.submit(spec, name=name, cluster=where.text if where is not None else "")
    ensure_engine(store)
    return run


def stop_run(store: Store, run: int) -> None:
    """Ask a run to stop; raises `EngineError` when it has ended already."""
    _refuse_ended(store, run)
    request(store, run, "stop")


def _refuse_ended(store: Store, run: int) -> None:
    record = store.run(run)
    if not record.live:
        raise EngineError(f"Run {run} has ended already ({record.status}).")


def request(store: Store, run: int, what: RequestKind) -> None:
    """Put a request to a run into the store, or where that cannot be written past it to the engine.

    Raises `EngineError` where there is no way: no engine works on the run.
    """
    at_work = store.run(run).at_work
    try:
        with store.patience(PATIENCE_SECONDS):
            store.request(run, what)
    except StoreError:
        if not (at_work and tell_engine(store.home, run, what)):
            raise


def unsaved_end(store: Store, run: int) -> str:
    """Why the end of a run is not in the store yet; empty where it is, or has not come."""
    beat = heartbeat(store.home)
    return beat.cause if beat is not None and run in beat.ended else ""


def pause_run(store: Store, run: int) -> None:
    """Ask a run to give up its place until it is resumed; raises `EngineError` when it cannot."""
    record = store.run(run)
    if record.status != "running":
        raise EngineError(f"Run {run} is {record.status}; only a running run can be paused.")
    if not record.can_pause:
        raise EngineError(
            f"A {label_of(record.kind)} run cannot be paused: it could not be resumed.",
            f"'penguin-tui stop {run}' ends it.",
        )
    request(store, run, "pause")


def resume_run(store: Store, run: int, *, cluster: str = "") -> tuple[str, ...]:
    """Resume a paused or interrupted run from its last checkpoint.

    Where nothing is said of a `cluster`, nor chosen for all runs, it goes on where it was.
    Returns what is different today, which may change its figures. Raises
    `EngineError` when its status does not allow it, or when the data file has
    changed since.
    """
    from engine.client.cluster_choice import chosen_cluster
    from engine.environment.provenance import current, data_difference, differences
    from engine.store.recovery import resume_ended

    record = store.run(run)
    _refuse_unresumable(record)
    changed = data_difference(record.spec, record.data_sha256, record.test_data_sha256)
    if changed:
        raise EngineError(f"{changed}.", "A training cannot be resumed on other data.")
    if other_version(store) is not None:
        ensure_engine(store)
    where = chosen_cluster(store, record.kind, cluster, record.cluster_text)
    store.move(run, where.text if where is not None else "")
    if record.status == "paused":
        # an engine may still be at parking it
        store.request(run, "resume")
        reconcile(store)
    else:
        resume_ended(store, run)
        ensure_engine(store)
    return differences(record.provenance, current()) if record.provenance else ()


def _refuse_unresumable(record: RunRecord) -> None:
    """Raise EngineError for a run whose status or kind does not allow to resume it."""
    run = record.id
    if record.deleted is not None:
        raise EngineError(
            f"Run {run} was removed.",
            f"'penguin-tui rm --undo {run}' brings it back; then it can be resumed.",
        )
    if record.resumable:
        return
    again = f"'penguin-tui rerun {run}' does it once more."
    if record.status in RESUMABLE:
        raise EngineError(f"A {label_of(record.kind)} run cannot be resumed.", again)
    raise EngineError(
        f"Run {run} is {record.status}; only a run that is paused, {', '.join(RESUMABLE[:-1])}"
        f" or {RESUMABLE[-1]} can resume.",
        again if not record.live else "",
    )


def may_kill(record: RunRecord, now: float) -> bool:
    """Whether a run has ignored a request to stop for so long that it may be killed."""
    since = record.acknowledged
    # a clock that has been set back must not keep the run alive
    ignored = since is not None and not 0.0 <= now - since < IGNORED_SECONDS
    return record.status == "stopping" and ignored


def kill_run(store: Store, run: int) -> None:
    """End a run that ignores a request to stop, and with it the engine's process.

    A new engine starts at once; other runs resume from their last checkpoints.
    Raises `EngineError` when the run has ended already or cannot be killed.
    """
    from engine.store.recovery import KILLED_MESSAGE

    _refuse_ended(store, run)
    engine = store.engine()
    requested = False
    try:
        with store.patience(PATIENCE_SECONDS):
            store.request(run, "kill")
        requested = True
        ended = store.wait_for(lambda: not store.run(run).live, KILL_SECONDS)
        if ended and store.run(run).message == KILLED_MESSAGE:
            # the run may get hold of the whole process before that has become a new engine
            ended = store.wait_for(lambda: _let_go(store, engine), KILL_SECONDS)
    except StoreError:
        # what it cannot write it cannot do
        ended = False
    if not ended and engine is not None and engine_alive(store.home):
        # it does not even get to read the request, or to end after it
        _end_hard(store, engine)
        if not requested and store.run(run).at_work:
            # it held the store as well, which now can say that the run was not just lost
            store.request(run, "kill")
    reconcile(store)


def _let_go(store: Store, engine: EngineRecord | None) -> bool:
    """Whether the engine of that record is gone, or another one in its process."""
    now = store.engine()
    if engine is None or now is None or not engine_alive(store.home):
        return True
    return (now.pid, now.started) != (engine.pid, engine.started)


def _end_hard(store: Store, engine: EngineRecord) -> None:
    if not since_this_boot(engine.host, engine.boot):
        raise EngineError(
            f"The engine is on another machine, {engine.host}.", "Kill the run from there."
        )
    if not signal_holder(store.home, signal.SIGKILL):
        raise EngineError(
            f"The engine says that it is process {engine.pid}, which nothing proves: it was not"
            " killed.",
            f"If it is one of penguin-tui, end it with 'kill -9 {engine.pid}'.",
        )
    wait_for_end(store.home, KILL_SECONDS)


def rerun(store: Store, run: int, *, cluster: str = "") -> tuple[int, tuple[str, ...]]:
    """Submit a run's spec once more; returns the new id and what is different today.

    Raises `EngineError` when the data file is not there any more or has changed:
    the figures could not be compared.
    """
    from engine.environment.provenance import current, data_difference, differences
    from engine.specs.earlier_defaults import changed_defaults

    record = store.run(run)
    changed = data_difference(record.spec, record.data_sha256, record.test_data_sha256)
    if changed:
        copy = copies_path(store.home) / f"{record.data_sha256}.csv"
        kept = f" A copy of what run {run} learnt from is {copy}." if copy.exists() else ""
        raise EngineError(f"{changed}.", f"Load its settings and choose the file again.{kept}")
    again = submit(store, record.spec, name=record.name, cluster=cluster)
    changed_since = differences(record.provenance, current())
    return again, (*changed_since, *changed_defaults(record.spec_json))
