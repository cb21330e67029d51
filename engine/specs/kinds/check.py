"""The question for what is wrong with a run."""

from engine.specs.base import Frozen


class CheckSpec(Frozen):
    """The checks of `run`, which is kept in the home `folder`, without the codes to `ignore`."""

    folder: str
    run: int
    ignore: tuple[str, ...] = ()
