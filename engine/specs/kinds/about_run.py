"""What every question about what a run has learnt begins with."""

from engine.specs.base import Frozen


class AboutRun(Frozen):
    """Run `run` of the folder `home`."""

    home: str
    run: int
    # the rule by which the asker knows it to decide: another one is read anew
    rule: str = ""
