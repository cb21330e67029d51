"""Who works for a scheduler: what a run's provenance has of it, and what a form is told."""

from engine.specs.base import Frozen


class WorkerGroup(Frozen):
    """Workers of a cluster on one host, `threads` in all.

    Where theirs is not the `same_processor` as the engine's, the last bits may differ.
    """

    host: str
    cpu: str
    workers: int
    threads: int
    same_processor: bool


class ClusterState(Frozen):
    """Who would train now; `refused` says of each worker that is not used why."""

    address: str
    groups: tuple[WorkerGroup, ...]
    refused: tuple[str, ...] = ()

    @property
    def workers(self) -> int:
        """How many processes."""
        return sum(group.workers for group in self.groups)

    @property
    def threads(self) -> int:
        """How many trials are trained at a time."""
        return sum(group.threads for group in self.groups)
