"""Many networks trained together, each to the bit as it would be alone.

A network of a fleet runs on the very program it would run on alone, so company
cannot change its bits. The networks share compiled programs and the machine, a
thread for each core.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from engine.trainer.callbacks import Callback, train
from engine.trainer.training import Figures, Training

# begins the training of one network; called in the thread that trains it
Member = Callable[[], Training]


def train_fleet(
    members: Sequence[Member],
    *,
    threads: int,
    callbacks: Callable[[int], Sequence[Callback]] = lambda member: (),
    on_end: Callable[[int, Training], None] = lambda member, training: None,
) -> list[Training]:
    """Train all members on `threads` threads; the trainings in the members' order.

    `callbacks` makes those of a member's training, `on_end` is called when it has ended; both are
    called in the thread that trains it. Afterwards a training holds its weights alone: a hundred
    networks with their optimizers' state would fill the memory. An exception ends the fleet.
    """
    halted = threading.Event()

    def one(index: int) -> Training:
        training = members[index]()
        try:
            own = callbacks(index)
            train(training, [_Halt(halted), *own])
            on_end(index, training)
        except BaseException:
            halted.set()
            raise
        training.drop_state()
        return training

    if threads == 1 or len(members) == 1:
        return [one(i) for i in range(len(members))]
    with ThreadPoolExecutor(threads, thread_name_prefix="fleet") as pool:
        return list(pool.map(one, range(len(members))))


class _Halt(Callback):
    """Ends a training once another one of the fleet has failed."""

    def __init__(self, halted: threading.Event) -> None:
        self._halted = halted

    def on_train_begin(self, training: Training) -> None:
        training.stop_requested = training.stop_requested or self._halted.is_set()

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        self.on_train_begin(training)
