"""A reporter in place of a host: keeps what a job reports, and ends it at a given moment."""

from typing import Any

from engine.runs.events import TrialEnded
from engine.runs.reporter import Reported, Reporter, ResumeState


class Ending(Reporter):
    """Asks the job to end once so many `of` have been reported: for good, or to be resumed."""

    def __init__(
        self,
        ends: int,
        earlier: ResumeState | None = None,
        *,
        of: type[Any] = TrialEnded,
        later: bool = False,
    ) -> None:
        super().__init__(earlier)
        self._left, self._of, self._later = ends, of, later
        self._seen: list[Reported] = []

    def emit(self, item: Any) -> None:
        super().emit(item)
        self._left -= isinstance(item, self._of)
        if self._left == 0:
            (self.request_interrupt if self._later else self.request_stop)()

    def all(self) -> list[Reported]:
        """Everything reported so far."""
        self._seen += self.drain()
        return self._seen

    def events(self) -> list[Any]:
        """What of it the store would keep as events and epochs, in order."""
        names = ("type", "training_key")
        return [item for item in self.all() if any(hasattr(item, name) for name in names)]
