"""A terminal that answers no question: expect, a serial line, a recorder."""

import re
import time
from pathlib import Path

from engine.kinds import make_spec
from engine.store.store import Store
from penguin_tui.terminal.flow_control import QUESTION
from tests.support.patience import PATIENCE
from tests.support.terminal.program import ALONE, Open


def test_a_terminal_that_never_answers_is_asked_once_and_live_figures_go_on(
    open_program: Open, home: Path
) -> None:
    with Store.open(home) as store:
        run = store.submit(make_spec("train", {}))
        with store.writing() as connection:
            connection.execute(
                "UPDATE runs SET status = 'running', started = ? WHERE id = ?", (time.time(), run)
            )
    terminal = open_program(*ALONE, columns=140, answers=False)
    terminal.wait_for("6 Runs", PATIENCE)
    terminal.press("6")
    # how long the run has taken is drawn anew while the terminal is believed to keep up
    shown: set[str] = set()

    def another() -> bool:
        found = set(re.findall(r"\d+(?:\.\d)? s\b", terminal.text)) - shown
        shown.update(found)
        return bool(found)

    for _ in range(6):
        terminal.wait_for(another, PATIENCE)
    terminal.press("q")
    assert terminal.wait(PATIENCE) == 0
    raw = b"".join(data for _, data in terminal.received)
    assert raw.count(QUESTION.encode()) == 1
