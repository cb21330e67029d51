"""Tasks of a comparison, on a thread for each core."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from engine.environment.machine import usable_threads

# one fold, or the run's own split: everything that is to be done on it, in one thread
Task = Callable[[], None]


def work(tasks: Sequence[Task]) -> None:
    """Do all tasks, in their order, on a thread for each core; the first failure ends all."""
    threads = usable_threads()
    if threads == 1:
        for task in tasks:
            task()
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="fold") as pool:
        running = [pool.submit(task) for task in tasks]
        ended, left = wait(running, return_when=FIRST_EXCEPTION)
        for one in left:
            one.cancel()
        for one in ended:
            one.result()
