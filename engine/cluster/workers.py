"""Who works for a scheduler, and who of them may be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.environment.provenance import differences
from engine.results.cluster import WorkerGroup
from engine.runs.events import ClusterUsed
from engine.specs.cluster import Cluster

# what may not differ: another version computes, or sends, something else
_SAME = ("penguin_tui", "trainer", "versions")


@dataclass(frozen=True)
class Workers:
    """Those of a cluster that may be used, and the threads of each; the others, with the reason."""

    threads: Mapping[str, int] = field(default_factory=dict)
    groups: tuple[WorkerGroup, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def slots(self) -> int:
        """How many batches run at a time."""
        return sum(self.threads.values())


def used(cluster: Cluster, workers: Workers) -> ClusterUsed:
    """What a run's provenance has of a cluster."""
    return ClusterUsed(address=cluster.address, workers=workers.groups)


def refusals(workers: Workers) -> list[str]:
    """A sentence for each worker that may not be used."""
    return [f"The worker {address} is not used: {why}." for address, why in workers.refused.items()]


def refused_because(own: Any, mine: Mapping[str, Any]) -> str:
    """Why a worker may not be used; empty where it may."""
    if not isinstance(own, Mapping):
        return f"penguin-tui does not run there ({type(own).__name__}: {own})"
    here, there = (
        {key: one[key] for key in _SAME} | {"python": one["python"].rpartition(".")[0]}
        for one in (mine, own)
    )
    found = differences(here, there)
    return "; ".join(text.replace(" was ", " is ", 1).replace(", is ", " here, there ", 1)
                     for text in found)  # fmt: skip


def grouped(
    threads: Mapping[str, int], found: Mapping[str, Any], mine: Mapping[str, Any]
) -> tuple[WorkerGroup, ...]:
    """Workers that are alike, counted."""
    counts: dict[tuple[str, str, bool], list[int]] = {}
    for address, own in threads.items():
        facts = found[address]
        alike = facts["cpu"] == mine["cpu"] and facts["features"] == mine["features"]
        counts.setdefault((facts["host"], facts["cpu"], alike), []).append(own)
    return tuple(
        WorkerGroup(host=host, cpu=cpu, workers=len(own), threads=sum(own), same_processor=alike)
        for (host, cpu, alike), own in counts.items()
    )
