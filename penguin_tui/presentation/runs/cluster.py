"""Where trials are trained: who works there, how long it takes, and that data leave the machine."""

from collections.abc import Sequence

from engine.errors import EngineError
from engine.results.cluster import ClusterState, WorkerGroup
from engine.runs.state import RunState
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted, warning
from penguin_tui.presentation.text import counted, duration

TITLE = "Cluster"
# what takes no longer here is not worth sending
ENOUGH_SECONDS = 60.0
# until workers, one to a core, have loaded what they need and compiled the first program: roughly
START_SECONDS = 20.0
# how much of the machines' threads becomes speed, on the safe side: sending takes 2 % of tasks of
# 20 ms (`python -m benchmarks.cluster`)
EFFICIENCY = 0.8
# a run of this length is worth the question
LONG_SECONDS = 600.0
NAMED_HOSTS = 3
LEAVES = "The data of the run leave this machine."
PLACEHOLDER = "tcp://host:8786, tls://host:8786?ca=FILE&cert=FILE&key=FILE"
ABOUT = (
    "The Dask scheduler whose workers train the trials of sweeps, searches, evaluations and"
    " reproductions. The data of these runs leave this machine. Empty: everything stays here."
)


def chosen_text(address: str) -> str:
    """What was chosen for all runs."""
    return destination(address, "Trials go") if address else "All trials stay on this machine."


def destination(address: str, what: str = "Its trials go") -> str:
    """What a person is told who has sent a run elsewhere."""
    return f"{what} to {address}. {LEAVES}"


def seconds_there(here: float, threads_here: int, state: ClusterState) -> float:
    """How long what takes so long here takes on a cluster that has not done anything yet."""
    return START_SECONDS + here * threads_here / (EFFICIENCY * state.threads)


def cluster_block(
    address: str, state: ClusterState | EngineError | None, here: float | None, threads_here: int,
    *, times: bool = True,
) -> Block:  # fmt: skip
    """Beside a form: who works there, and how long a run takes there and `here`, in seconds.

    `here` is None where it is not known yet; no `times` where no run is meant. Without an `address`
    runs stay on this machine, with `state` None the answer is on its way.
    """
    if not address:
        long = here is not None and here > LONG_SECONDS
        hint = "The command palette names a Dask cluster for it, under Cluster."
        return Block(TITLE, (muted(hint),)) if long else Block()
    lines: list[Line] = [line(address)]
    match state:
        case None:
            lines.append(muted("asking its workers"))
        case ClusterState():
            found, *others = _workers(state)
            lines.append(found)
            lines += _times(state, here, threads_here) if state.threads and times else []
            lines += others
        case EngineError():
            lines += [warning(state.message), muted(state.hint)]
    return Block(TITLE, tuple(lines), notes=(muted(LEAVES),))


def _workers(state: ClusterState) -> list[Line]:
    refused = [warning(text) for text in state.refused]
    if not state.threads:
        return [warning("no worker: start some with dask worker"), *refused]
    found = line(f"{counted(state.workers, 'worker')}, {counted(state.threads, 'thread')}")
    others = [warning(text) for text in other_processors(state.groups)]
    return [found, *others, *refused]


def other_processors(groups: Sequence[WorkerGroup]) -> list[str]:
    """A sentence for each processor that is not this machine's, with the hosts that have it."""
    hosts: dict[str, list[str]] = {}
    for group in groups:
        if not group.same_processor:
            hosts.setdefault(group.cpu, []).append(group.host)
    return [
        f"{_named(names)} {'has' if len(names) == 1 else 'have'} another processor ({cpu}):"
        " the last bits may differ"
        for cpu, names in hosts.items()
    ]


def _named(hosts: Sequence[str]) -> str:
    more = len(hosts) - NAMED_HOSTS
    return ", ".join(hosts[:NAMED_HOSTS]) + (f" and {more} more" if more > 0 else "")


def _times(state: ClusterState, here: float | None, threads_here: int) -> list[Line]:
    if here is None:
        return [muted("How long it takes is known after a first run on these data.")]
    there = seconds_there(here, threads_here, state)
    lines = [line(Span(f"about {duration(there)} there, {duration(here)} here", "strong"))]
    if here <= ENOUGH_SECONDS or there >= here:
        lines.append(muted("One machine is enough."))
    return lines


def cluster_rows(state: RunState) -> list[tuple[str, str]]:
    """What a run's provenance says of the clusters that it was trained on."""
    return [
        (f"cluster {used.address}", f"{counted(group.workers, 'worker')} on {group.host},"
         f" {counted(group.threads, 'thread')}, {_processor(group)}")
        for used in state.clusters
        for group in used.workers
    ]  # fmt: skip


def _processor(group: WorkerGroup) -> str:
    if group.same_processor:
        return "the same processor and versions"
    return f"{group.cpu}: not the engine's processor, the last bits may differ"
