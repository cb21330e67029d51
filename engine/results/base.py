"""What the results of all kinds of run share."""

from engine.specs.base import Frozen


class RunResult(Frozen):
    """What a run of `kind` came to; each kind has a result class of its own in `engine.kinds`."""

    kind: str
