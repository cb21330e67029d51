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
) -> None:
    """Train all members on `threads` threads, in their order.

    `callbacks` makes those of a member's training, `on_end` is called when it has ended; both are
    called in the thread that trains it. Where `on_end` keeps a training, that holds its weights
    alone afterwards: a hundred networks with their optimizers' state would fill the memory. An
    exception ends the fleet.
    """
    halted = threading.Event()

    def one(index: int) -> None:
        training = members[index]()
        try:
            own = callbacks(index)
            train(training, [_Halt(halted), *own])
            on_end(index, training)
        except BaseException:
            halted.set()
            raise
        training.drop_state()

    if threads == 1 or len(members) == 1:
        for i in range(len(members)):
            one(i)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="fleet") as pool:
        # each of them, as its exception is raised where its result is taken
        for _ in pool.map(one, range(len(members))):
            pass


class _Halt(Callback):
    """Ends a training once another one of the fleet has failed."""

    def __init__(self, halted: threading.Event) -> None:
        self._halted = halted

    def on_train_begin(self, training: Training) -> None:
        training.stop_requested = training.stop_requested or self._halted.is_set()

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        self.on_train_begin(training)
