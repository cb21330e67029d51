"""Commands in processes of their own, on the real engine, as a shell starts them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.store.records import RunRecord
from engine.store.store import Store
from tests.support.patience import PATIENCE

# a loaded machine takes long to load the libraries; nothing here is about speed
LONG = ["--set", "epochs=100000", "--set", "hidden_layers=4"]


class Program:
    """`penguin-tui …` in a process of its own, in a session of its own."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "penguin_tui", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"PENGUIN_TUI_HOME": str(home)} | environment,
        )

    def end(self) -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err

    def signal(self, number: int) -> None:
        """Send a signal to the program alone."""
        self.process.send_signal(number)


Start = Callable[..., Program]


def call(start: Start, *arguments: str) -> tuple[int, str, str]:
    return start(*arguments).end()


def read(start: Start, *arguments: str) -> Any:
    code, out, err = call(start, *arguments)
    assert code == 0, err
    return json.loads(out)


def wait_for(store: Store, run: int, reached: Callable[[RunRecord], bool]) -> RunRecord:
    store.wait_for(lambda: reached(store.run(run)) or not store.run(run).live, PATIENCE)
    record = store.run(run)
    assert reached(record), f"run {run} is {record.status}: {record.message}"
    return record


def newest(store: Store, name: str) -> int:
    """The run of that name, which may take a moment to appear."""
    found = store.wait_for(lambda: [r.id for r in store.runs() if r.name == name], PATIENCE)
    if found:
        return found[0]
    raise AssertionError(f"no run is called {name}")


def training(record: RunRecord) -> bool:
    return record.status == "running" and record.epochs_run > 0
