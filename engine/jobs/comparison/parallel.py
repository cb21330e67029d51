"""Tasks of a comparison, on a thread for each core."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from threadpoolctl import threadpool_limits

# one fold, or the run's own split: everything that is to be done on it, in one thread
Task = Callable[[], None]


def work(tasks: Sequence[Task], threads: int) -> None:
    """Do all tasks, in their order, on so many threads; the first failure ends all."""
    if threads == 1:
        for task in tasks:
            task()
        return
    with ThreadPoolExecutor(threads, "fold", initializer=_keep_to_itself) as pool:
        running = [pool.submit(task) for task in tasks]
        ended, left = wait(running, return_when=FIRST_EXCEPTION)
        for one in left:
            one.cancel()
        for one in ended:
            one.result()


def _keep_to_itself() -> None:
    """What OpenMP does for this thread (gradient boosting), it does in this thread alone.

    Otherwise each of several threads asks for all cores, and their fits take nearly twice as long.
    """
    threadpool_limits(1, user_api="openmp")
