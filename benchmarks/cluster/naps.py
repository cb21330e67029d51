"""Tasks that take no processor; workers find them under the name of this module."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.runs.executor import Outlet


@dataclass
class Count:
    """A watch that counts."""

    done: int = 0
    spent: list[float] = field(default_factory=list)

    def add(self, seconds: float) -> None:
        """A task is done."""
        self.done += 1
        self.spent.append(seconds)


def nap(seconds: float, tasks: Sequence[int], outlet: Outlet[Count], threads: int) -> None:
    """Tasks that wait, one after the other."""
    for _ in tasks:
        time.sleep(seconds)
        outlet.report(Count.add, seconds)
