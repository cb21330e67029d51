"""The question who works for a scheduler."""

from engine.specs.base import Frozen


class ClusterQuestion(Frozen):
    """About the cluster that `engine.specs.cluster` writes as `cluster`."""

    cluster: str
