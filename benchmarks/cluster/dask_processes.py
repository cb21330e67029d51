"""A scheduler and workers on this machine, each a process that may be killed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SCHEDULER = """
import asyncio
from distributed import Scheduler

async def main():
    async with Scheduler(host="127.0.0.1", port=0, dashboard=False) as own:
        print(own.address, flush=True)
        await own.finished()

asyncio.run(main())
"""
WORKER = """
import asyncio, sys
from distributed import Worker

async def main():
    async with Worker(sys.argv[1], host="127.0.0.1", nthreads=1, local_directory=sys.argv[2],
                      dashboard=False) as own:
        print(own.address, flush=True)
        await own.finished()

if __name__ == "__main__":
    asyncio.run(main())
"""


class DaskCluster:
    """A scheduler at `address`, whose workers are added; all of it ended by `end`.

    Logs and what workers spill are in `folder`; `prefix` is a command that starts the workers.
    """

    def __init__(self, folder: Path, prefix: Sequence[str] = ()) -> None:
        """Start the scheduler, and wait until it can be reached."""
        self.folder, self._prefix = folder, prefix
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self.address = self._start("scheduler", (), SCHEDULER)

    def add_worker(self, name: str) -> None:
        """Start a worker of one thread, and wait until it has registered."""
        self._start(name, self._prefix, WORKER, self.address, str(self.folder))

    def kill(self, name: str) -> None:
        """End a process as a crash does."""
        with self._processes.pop(name) as process:
            process.kill()

    def end(self) -> None:
        """End what is left."""
        for name in list(self._processes):
            self.kill(name)

    def _start(self, name: str, prefix: Sequence[str], code: str, *arguments: str) -> str:
        # as where penguin-tui is installed
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        with (self.folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                [*prefix, sys.executable, "-c", code, *arguments],
                stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
            )  # fmt: skip
        self._processes[name] = process
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, (self.folder / f"{name}.log").read_text()
        return address
