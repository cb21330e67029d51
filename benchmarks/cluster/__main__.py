"""Four workers of a Dask cluster beside this process: tasks a second, overhead, efficiency.

python -m benchmarks.cluster [--workers 4] [--trainings 400]
python -m benchmarks.cluster --reproduce [--workers 2]     a quick reproduction, here and there

Each worker is a process in namespaces of its own (processes, host name), where the system allows
that. Naps take no processor, so that what they lose is what sending costs, on any number of cores;
trainings of the post's network show what the cores allow. The first batch of a worker loads
the trainer and compiles: it is done before anything is timed, and told apart. A reproduction has
sweeps, searches and single networks: all that its trials come to has to be equal to the bit.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.cluster.dask_processes import DaskCluster
from benchmarks.cluster.naps import Count, nap
from engine.cluster import batches
from engine.cluster.connection import Connection
from engine.cluster.executor import ClusterExecutor
from engine.environment.isolation import load_pandas, set_libraries
from engine.environment.machine import usable_threads
from engine.runs.events import TrialEnded
from engine.runs.executor import LocalExecutor, perform
from engine.runs.reporter import Executor, Reporter
from engine.specs.cluster import Cluster

# of a nap: a training of the post's network takes about as long
NAP_SECONDS = 0.02
NAPS, EMPTY, BATCHES = 2000, 20_000, 2000


def may_run(command: Sequence[str]) -> bool:
    """Whether a command can be run here."""
    return not subprocess.run(command, check=False, capture_output=True).returncode


@contextmanager
def processes(workers: int) -> Iterator[str]:
    """A scheduler and workers; its address."""
    apart = ["unshare", "--uts", "--ipc", "--pid", "--fork", "--mount-proc"]
    allowed = shutil.which("unshare") is not None and may_run([*apart, "true"])
    if not allowed:
        print("no namespaces here: the workers are plain processes")
    with tempfile.TemporaryDirectory() as folder:
        cluster = DaskCluster(Path(folder), apart if allowed else ())
        try:
            for number in range(workers):
                cluster.add_worker(f"worker-{number}")
            yield cluster.address
        finally:
            cluster.end()


class Took(NamedTuple):
    """Seconds of wall-clock time, and of this process's own processor time."""

    wall: float
    own: float


def took(work: Callable[[], object]) -> Took:
    """What some work takes."""
    wall, own = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - own)


def timed(executor: Executor, seconds: float, tasks: int) -> Took:
    """What so many naps take."""
    reporter, count = Reporter(), Count()
    reporter.executor = executor
    found = took(lambda: perform(nap, seconds, range(tasks), count, reporter))
    assert count.done == tasks
    return found


def trained(executor: Executor | None, trainings: int) -> Took:
    """What a sweep of the post's network over seeds takes; nothing else of it is timed."""
    from engine.jobs.phases.read_data import read_and_preprocess
    from engine.jobs.sweep import Splits, SweepWatch, train_trials
    from engine.jobs.trials.progress import TrialProgress
    from engine.kinds import make_spec
    from engine.runs.state import RunState

    fields: dict[str, Any] = {"vary": {"units": {"values": [100]}}, "repeats": 2}
    spec: Any = make_spec("sweep", fields)
    reporter = Reporter()
    reporter.executor = executor
    splits = Splits(spec, read_and_preprocess(spec, reporter))
    trials = [
        TrialProgress(number, {"units": 100, "seed": number}, spec.epochs)
        for number in range(trainings)
    ]
    watch = SweepWatch(reporter, RunState())
    found = took(lambda: perform(train_trials, splits, trials, watch, reporter))
    assert all(reporter.drain())
    return found


def reproduced(executor: Executor | None) -> tuple[object, ...]:
    """What a quick reproduction comes to: its result, and the end of each trial, by number."""
    from engine.jobs import run_job
    from engine.kinds import make_spec

    reporter = Reporter()
    reporter.executor = executor
    begun = time.perf_counter()
    result = run_job(make_spec("reproduce", {"quick": True, "seeds": 2}), reporter)
    ends = [item for item in reporter.drain() if isinstance(item, TrialEnded)]
    where = "here" if executor is None else "there"
    print(f"reproduction {where}: {len(ends)} trials, {time.perf_counter() - begun:.0f} s")
    found = sorted((end.trial, end.status, end.epochs, repr(end.scores)) for end in ends)
    return repr(result), *found


def compare_reproductions(workers: int) -> None:
    """Print whether one on the workers is that of this process; exit code 1 where it is not."""
    with processes(workers) as address, Connection(Cluster.parse(address)) as connection:
        there = reproduced(ClusterExecutor(connection))
    if there != reproduced(None):
        raise SystemExit("the figures differ")
    print("the figures are equal to the bit")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="cluster", description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--trainings", type=int, default=400)
    parser.add_argument("--reproduce", action="store_true")
    options = parser.parse_args()
    set_libraries()
    load_pandas()
    from engine.trainer import runtime

    threads, usual = usable_threads(), batches.LONGEST_BATCH
    runtime.set_up(threads)
    if options.reproduce:
        compare_reproductions(options.workers)
        return
    with processes(options.workers) as address:
        begun = time.perf_counter()
        with Connection(Cluster.parse(address)) as connection:
            there = ClusterExecutor(connection)
            print(f"connected after {time.perf_counter() - begun:.2f} s")
            first = trained(there, 8 * options.workers)
            print(f"first batches (libraries, programs) {first.wall:.1f} s")
            naps = timed(there, NAP_SECONDS, NAPS)
            ideal = NAPS * NAP_SECONDS / options.workers
            print(
                f"{NAPS:,} naps of {1000 * NAP_SECONDS:.0f} ms: {naps.wall:.2f} s, ideal"
                f" {ideal:.2f} s, efficiency {ideal / naps.wall:.2f}"
            )
            empty = timed(there, 0.0, EMPTY)
            print(
                f"{EMPTY:,} empty tasks: {empty.wall:.2f} s, {EMPTY / empty.wall:,.0f} tasks a"
                f" second, {1e6 * empty.own / EMPTY:.0f} µs each of this process"
            )
            batches.LONGEST_BATCH = 1
            alone = timed(there, 0.0, BATCHES)
            batches.LONGEST_BATCH = usual
            print(
                f"{BATCHES:,} batches of one: {BATCHES / alone.wall:,.0f} batches a second,"
                f" {1000 * alone.own / BATCHES:.2f} ms each of this process"
            )
            far = trained(there, options.trainings)
        trained(None, 8)
        near = trained(None, options.trainings)
        cores = min(threads, options.workers)
        print(
            f"{options.trainings:,} trainings: here {near.wall:.2f} s on {threads} threads"
            f" ({1000 * near.own / options.trainings:.1f} ms of the processor each),"
            f" {options.workers} workers {far.wall:.2f} s (and of this process"
            f" {1000 * far.own / options.trainings:.1f} ms each); of what {cores} cores allow"
            f" {near.wall * threads / cores / far.wall:.2f}"
        )
    local = timed(LocalExecutor(), 0.0, EMPTY)
    print(f"{EMPTY:,} empty tasks here: {local.wall:.2f} s")


if __name__ == "__main__":
    main()
