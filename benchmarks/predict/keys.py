"""How soon the Predict tab follows a key, beside a training at full speed.

    python -m benchmarks.predict.keys

A network of two layers of 100 units is trained without end in the engine; in the workbench the
values of another run's row are changed key by key, and the time is taken from each key to the
screen that has its answer. Aim: 100 ms.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.store.home import home
from penguin_tui.app.workbench import Workbench
from penguin_tui.run.predict_pane import PredictPane
from penguin_tui.run.row_fields import RowFields

KEYS = 100
PATIENCE = 60.0


async def measure() -> list[float]:
    """Seconds of each key."""
    app = Workbench(home())
    found = []
    async with app.run_test(size=(140, 45)) as pilot:
        await pilot.press("6")
        await pilot.pause(1)
        await pilot.press("down", "enter", "J")
        deadline = time.monotonic() + PATIENCE
        while not (panes := app.screen.query(PredictPane)) or panes.first().answer is None:
            assert time.monotonic() < deadline, "the first row was not answered"
            await pilot.pause(0.1)
        pane = panes.first()
        fields = pane.query_one(RowFields)
        for place in range(KEYS):
            before = pane.answer
            begun = time.monotonic()
            # what the key does, without the pauses that Textual's pilot makes around one
            fields.action_choose((1, -1)[place % 2])
            while pane.answer is before:
                await asyncio.sleep(0.001)
            painted = asyncio.Event()
            pane.call_after_refresh(painted.set)
            await painted.wait()
            found.append(time.monotonic() - begun)
            await asyncio.sleep(0.05)
    return found


def main() -> None:
    """Print the median and the slowest of the keys, without a training and beside one."""
    with TemporaryDirectory() as folder:
        os.environ["PENGUIN_TUI_HOME"] = str(Path(folder) / "home")
        program = [sys.executable, "-m", "penguin_tui"]
        subprocess.run([*program, "run", "train", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        endless = ["--set", "epochs=100000", "--set", "batch_size=2", "--detach"]
        subprocess.run([*program, "run", "train", *endless], check=True, stdout=subprocess.DEVNULL)
        try:
            taken = sorted(asyncio.run(measure()))
        finally:
            subprocess.run([*program, "engine", "stop"], check=True, stdout=subprocess.DEVNULL)
        print(f"{KEYS} keys beside a training: median {1000 * statistics.median(taken):.0f} ms,"
              f" 95 % within {1000 * taken[int(0.95 * KEYS)]:.0f} ms,"
              f" slowest {1000 * taken[-1]:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
