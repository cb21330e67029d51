"""The process-wide set-up of JAX, done once before its first array.

The number of threads changes how sums of large products are made, and with it their last bits, so
it is fixed here; `engine.environment.provenance` reports it with every run.
"""

import os
import threading
from pathlib import Path

from engine.environment.isolation import set_libraries

_done = threading.Event()


def set_up(threads: int, cache: Path | None = None) -> None:
    """Load JAX and fix everything process-wide; later calls change nothing.

    `threads` is the number of cores that a large operation may use; `cache` the private folder
    for compiled programs, where they are kept.
    """
    if _done.is_set():
        return
    set_libraries()
    # read when the first array is made
    os.environ["NPROC"] = str(threads)
    import jax

    from engine.trainer.kept_programs import keep_programs

    # a program runs in the thread that calls it, and the trainer's threads are all there are
    jax.config.update(  # type: ignore[no-untyped-call]
        "jax_cpu_enable_async_dispatch", False
    )
    if cache is not None:
        keep_programs(cache, threads)
    jax.devices()
    _done.set()
