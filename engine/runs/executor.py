"""Where the trials of a run are trained: on this machine, or on the workers of a cluster.

A job says what is to be done as a `Work`, a function of a module, and what each piece of it is as
a task. Both are plain values, so that they can be sent to another process; what comes back are
calls of the job's own watch. The same function is called here and there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from engine.environment.machine import usable_threads
from engine.runs.reporter import Reporter

W = TypeVar("W")
W_co = TypeVar("W_co", covariant=True)
S = TypeVar("S")
T = TypeVar("T")
P = ParamSpec("P")


class Outlet(Protocol[W_co]):
    """What work reports to, wherever it is done; called from several threads."""

    @property
    def reporter(self) -> Reporter:
        """Takes epochs and notes; says whether the work is to end."""

    def report(
        self, method: Callable[Concatenate[W_co, P], object], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call a method of the watch, which may be in another process: nothing comes back."""


# does some tasks on so many threads, given what they share; heeds a stop by returning early
Work = Callable[[S, Sequence[T], Outlet[W], int], None]


@dataclass(frozen=True)
class Direct(Generic[W]):
    """The outlet of work that is done in this process."""

    watch: W
    reporter: Reporter

    def report(
        self, method: Callable[Concatenate[W, P], object], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call it at once, in the thread that reports."""
        method(self.watch, *args, **kwargs)


class LocalExecutor:
    """Does all tasks in this process, on a thread for each core."""

    def run(
        self, work: Work[Any, Any, Any], shared: Any, tasks: Sequence[Any], watch: Any,
        reporter: Reporter, trial_of: Callable[[Any], object],
    ) -> None:  # fmt: skip
        """Do the tasks; raises what the work raises."""
        work(shared, tasks, Direct(watch, reporter), usable_threads())


def perform(
    work: Work[S, T, W],
    shared: S,
    tasks: Sequence[T],
    watch: W,
    reporter: Reporter,
    trial_of: Callable[[T], object] = id,
) -> None:
    """Do `tasks` where this run's trials are trained; returns once `watch` has heard of them all.

    Where several tasks are of one trial, `trial_of` says which: they are skipped together. After a
    stop it returns early. Raises what the work raises, and `Interrupted` where a cluster is gone.
    """
    # a skip that was requested while nothing was running means none of these
    reporter.take_skip()
    if tasks:
        (reporter.executor or LocalExecutor()).run(work, shared, tasks, watch, reporter, trial_of)
