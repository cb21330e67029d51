"""Starting: the first frame, what is imported, and the first result."""

import os
import signal
import statistics
import sys
from functools import partial
from pathlib import Path

from benchmarks.terminal import Terminal
from engine.store.locks import engine_alive
from engine.store.store import Store

Measured = list[tuple[str, str, str, bool | None]]
PROGRAM = [sys.executable, "-P", "-m", "penguin_tui"]
EMPTY = [
    sys.executable, "-P", "-c",
    "from textual.app import App\nclass Empty(App): pass\nEmpty().run()",
]  # fmt: skip
# the real program, which says at its end what it has loaded
TELLING = [
    sys.executable, "-P", "-c",
    "import atexit, os, sys\n"
    "atexit.register(lambda: open(os.environ['TELL'], 'w').write('\\n'.join(sys.modules)))\n"
    "from penguin_tui.cli.root import main\n"
    "main()",
]  # fmt: skip
HEAVY = ("tensorflow", "keras", "sklearn", "pandas", "numpy", "matplotlib")
PAIRS = 9
CTRL_Q = "\x11"


def environment(home: Path) -> dict[str, str]:
    """The program's own variables."""
    return {"PENGUIN_TUI_HOME": str(home), "LANG": "C.UTF-8"}


def end_engine(home: Path) -> None:
    """End the engine of a home folder that is about to be deleted."""
    if not engine_alive(home):
        return
    with Store.open(home) as store:
        record = store.engine()
    if record is not None and record.pid != os.getpid():
        os.kill(record.pid, signal.SIGKILL)


def first_paint(home: Path) -> Measured:
    """Time to the first frame that covers the whole terminal, against an empty Textual app."""
    times: dict[str, list[float]] = {"empty": [], "ours": []}
    content: list[float] = []
    for _ in range(PAIRS):
        for name, command, leave in (("empty", EMPTY, CTRL_Q), ("ours", PROGRAM, "q")):
            with Terminal(command, env=environment(home)) as terminal:
                times[name].append(
                    terminal.wait_for(partial(_painted, terminal)) - terminal.started
                )
                if name == "ours":
                    content.append(terminal.wait_for("Class balance", 60) - terminal.started)
                terminal.press(leave)
                terminal.wait()
    empty, ours = (statistics.median(times[name]) for name in ("empty", "ours"))
    ratio = statistics.median(o / e for o, e in zip(times["ours"], times["empty"], strict=True))
    return [
        (
            "first frame of an empty Textual app",
            f"{empty * 1000:.0f} ms (median of {PAIRS})", "", None,
        ),
        (
            "first frame of penguin-tui (navigation, status, keys)",
            f"{ours * 1000:.0f} ms: {ratio:.2f} times", "1.2 times", ratio <= 1.2,
        ),
        (
            "data screen filled with the figures of the penguins, engine running",
            f"{statistics.median(content) * 1000:.0f} ms", "", None,
        ),
    ]  # fmt: skip


def imports(home: Path) -> Measured:
    """Visit every screen and train once; look at what the process has loaded at its end."""
    tell = home / "modules"
    with Terminal(TELLING, env=environment(home) | {"TELL": str(tell)}) as terminal:
        terminal.wait_for("Class balance", 60)
        for key, text in (
            ("4", "Repeats"),
            ("5", "A search tries many settings"),
            ("6", "No runs yet"),
            ("2", "inverse"),
        ):
            terminal.press(key)
            terminal.wait_for(text, 30)
        terminal.press("3")
        terminal.wait_for("Hidden layers", 30)
        terminal.press("r")
        terminal.wait_for("all 20 epochs", 120)
        terminal.press("q")
        terminal.wait()
    found = sorted(set(tell.read_text().split()) & set(HEAVY))
    return [
        (
            f"imported after visiting every screen and training: {', '.join(HEAVY)}",
            ", ".join(found) or "none", "none", not found,
        )
    ]  # fmt: skip


def cold_start(home: Path) -> Measured:
    """No engine, nothing stored: from the start of the program to the baseline's figures."""
    with Terminal(PROGRAM, env=environment(home)) as terminal:
        painted = terminal.wait_for(lambda: terminal.painted) - terminal.started
        terminal.press("2")
        terminal.wait_for("r Run", 30)
        terminal.press("r")
        done = terminal.wait_for("accuracy, 95 % over rows", 90) - terminal.started
        terminal.press("q")
        terminal.wait()
    return [
        (
            "cold start, no engine yet: baseline's figures on screen",
            f"{done:.1f} s, {done - painted:.1f} s after the first frame",
            "5 s after it", done - painted < 5,
        )
    ]  # fmt: skip


def _painted(terminal: Terminal) -> bool:
    return terminal.painted
