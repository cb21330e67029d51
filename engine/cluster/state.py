"""Who works for a scheduler now."""

from engine.cluster.connection import Connection
from engine.cluster.relay import describe
from engine.cluster.workers import refusals
from engine.errors import EngineError
from engine.results.cluster import ClusterState
from engine.runs.reporter import Interrupted, Reporter
from engine.specs.cluster import Cluster
from engine.specs.kinds.cluster_state import ClusterQuestion


def run(question: ClusterQuestion, reporter: Reporter) -> ClusterState:
    """Ask its workers; raises `EngineError` where it cannot be reached."""
    cluster = Cluster.parse(question.cluster)
    reporter.phase(f"connecting to {cluster.address}")
    with Connection(cluster) as connection:
        try:
            workers = connection.workers(describe())
        except Interrupted as gone:
            raise EngineError(str(gone), "Start it again with 'dask scheduler'.") from None
    return ClusterState(
        address=cluster.address, groups=workers.groups, refused=tuple(refusals(workers))
    )
