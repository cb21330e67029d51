"""However the workbench ends, the terminal is as it was and runs continue."""

import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from engine.store.store import Store
from tests.support.patience import PATIENCE
from tests.support.terminal.program import ALONE, PROGRAM, WORKBENCH_ALONE, Open

CRASHES_ON_HELP = (
    "from penguin_tui.app.workbench import Workbench\nWorkbench.action_keys = lambda self: 1 / 0\n"
) + WORKBENCH_ALONE


def opened(terminal: Terminal) -> Terminal:
    """Wait for the first screen."""
    terminal.wait_for("1 Data", PATIENCE)
    terminal.wait_for(lambda: "engine:" in terminal.lines[-2], PATIENCE)
    return terminal


def echoes(terminal: Terminal) -> bool:
    """Whether the terminal is back in its usual mode: echo and line editing."""
    modes = terminal.attributes()[3]
    assert isinstance(modes, int)
    return bool(modes & termios.ECHO and modes & termios.ICANON)


def test_quitting_restores_the_terminal_and_says_what_goes_on(
    open_program: Open, command_line: Callable[..., str], home: Path
) -> None:
    command_line("run", "train", "--set", "epochs=100000", "--detach")
    terminal = opened(open_program())
    assert not echoes(terminal)
    terminal.press("q")
    assert terminal.wait(PATIENCE) == 0
    terminal.wait_for("1 run continues in the background; penguin-tui shows it again.", still=False)
    assert echoes(terminal)
    with Store.open(home) as store:
        assert store.run(1).live


def test_a_crash_restores_the_terminal_and_keeps_the_reason_in_the_log(
    open_program: Open, home: Path
) -> None:
    terminal = opened(open_program(sys.executable, "-P", "-c", CRASHES_ON_HELP))
    terminal.press("?")
    assert terminal.wait(PATIENCE) == 1
    terminal.wait_for("The workbench has failed", still=False)
    assert echoes(terminal)
    assert "Traceback" not in terminal.text
    assert "ZeroDivisionError" in (home / "workbench.log").read_text()


def test_a_polite_signal_restores_the_terminal(open_program: Open) -> None:
    terminal = opened(open_program(*ALONE))
    terminal.signal(signal.SIGTERM)
    assert terminal.wait(PATIENCE) == 128 + signal.SIGTERM
    assert echoes(terminal)


@pytest.mark.parametrize("end", ["ctrl+backslash", "SIGSEGV", "SIGABRT", "SIGKILL"])
def test_the_terminal_is_restored_after_any_end(open_program: Open, end: str) -> None:
    terminal = opened(open_program(*ALONE))
    before = len(terminal.received)
    if end == "ctrl+backslash":
        number = signal.SIGQUIT
        terminal.press("\x1c")
    else:
        number = signal.Signals[end]
        os.kill(terminal.workbench, number)
    assert terminal.wait(PATIENCE) == 128 + number
    terminal.wait_for(f"The workbench was ended by {number.name}; runs continue.", still=False)
    assert echoes(terminal)
    sent = b"".join(data for _, data in terminal.received[before:])
    # mouse, pastes and focus are reported no more, and the screen is the shell's again
    for mode in (1000, 1003, 1006, 2004, 1004, 1049):
        assert f"\x1b[?{mode}l".encode() in sent


def test_a_closed_window_ends_the_workbench_and_not_the_run(
    open_program: Open, command_line: Callable[..., str], home: Path
) -> None:
    command_line("run", "train", "--set", "epochs=100000", "--detach")
    terminal = opened(open_program())
    terminal.hang_up()
    terminal.wait(PATIENCE)
    with Store.open(home) as store:
        assert store.run(1).live


def test_a_window_resized_without_end_still_works(open_program: Open) -> None:
    terminal = opened(open_program(*ALONE))
    for step in range(60):
        terminal.resize(60 + (step * 37) % 120, 18 + (step * 11) % 40)
        # the pace of a hand, which waits for no frame
        time.sleep(0.01)
    terminal.resize(50, 10)
    terminal.wait_for("larger", PATIENCE)
    terminal.resize(100, 30)
    terminal.wait_for(lambda: "larger" not in terminal.text, PATIENCE)
    terminal.press("6")
    terminal.wait_for("No runs yet", PATIENCE)


def test_quitting_right_after_a_resize_is_prompt_and_restores_the_terminal(
    open_program: Open,
) -> None:
    for columns, rows in ((140, 45), (61, 18), (50, 10)):
        terminal = opened(open_program(*ALONE))
        terminal.resize(columns, rows)
        pressed = terminal.press("q")
        assert terminal.wait(PATIENCE) == 0
        # far from what Textual waits for a widget that does not end
        assert time.perf_counter() - pressed < 10
        assert echoes(terminal)


def test_stopped_and_continued_it_draws_itself_again(open_program: Open) -> None:
    terminal = opened(open_program(*ALONE))
    os.kill(terminal.pid, signal.SIGTSTP)
    terminal.wait_until_stopped()
    assert echoes(terminal)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.wait_for(lambda: not echoes(terminal), PATIENCE)
    terminal.press("6")
    terminal.wait_for("No runs yet", PATIENCE)


def test_without_a_terminal_it_says_so(home: Path) -> None:
    done = subprocess.run(
        PROGRAM, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
        env={"PENGUIN_TUI_HOME": str(home)}, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "Traceback" not in done.stderr
