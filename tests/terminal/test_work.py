"""A person's way through the program: look, train, leave, come back."""

from pathlib import Path

import pytest

from engine.store.store import Store
from tests.support.patience import PATIENCE
from tests.support.terminal.program import Open

DOWN, ENTER = "\x1b[B", "\r"


# the libraries are loaded, and a network trained to its end
@pytest.mark.timeout(300)
def test_train_leave_come_back_and_find_it_finished(open_program: Open) -> None:
    terminal = open_program()
    terminal.wait_for("Class balance", PATIENCE)
    assert "344 rows" in terminal.text

    terminal.press("3")
    terminal.wait_for("Hidden layers", PATIENCE)
    for _ in range(9):
        terminal.press(DOWN)
    terminal.wait_for("Passes over the training set", PATIENCE)
    # typed ahead, as over a slow link
    terminal.press(ENTER + "4000" + ENTER + "r")
    terminal.wait_for("of 4,000", PATIENCE)
    terminal.wait_for(lambda: "epoch 0 of" not in terminal.text, PATIENCE)

    terminal.press("q")
    assert terminal.wait(PATIENCE) == 0
    terminal.wait_for("1 run continues in the background", still=False)

    again = open_program()
    again.wait_for("1 Data", PATIENCE)
    again.press("6")
    again.wait_for(lambda: "train" in again.text and "finished" in again.text, PATIENCE)
    again.press(ENTER)
    again.wait_for("all 4,000 epochs done", PATIENCE)
    again.wait_for("(94.7–100.0) ×1", PATIENCE)
    again.press("q")
    assert again.wait(PATIENCE) == 0
    again.wait_for(lambda: "goes on" not in again.text, still=False)


def test_baseline_and_data_are_answered_before_tensorflow_is_loaded(
    open_program: Open, home: Path
) -> None:
    terminal = open_program(columns=140, rows=45)
    terminal.wait_for("Class balance", PATIENCE)
    terminal.press("2")
    terminal.wait_for("r Run", PATIENCE)
    terminal.press("r")
    terminal.wait_for("accuracy, 95 % over rows", PATIENCE)
    terminal.press("M")
    terminal.wait_for("Gentoo", PATIENCE)
    terminal.press("1")
    terminal.wait_for("Class balance", PATIENCE)
    terminal.press("q")
    assert terminal.wait(PATIENCE) == 0
    # nothing is done ahead in tests, and no run needs it
    with Store.open(home) as store:
        engine = store.engine()
    assert engine is not None
    assert "tensorflow" not in Path(f"/proc/{engine.pid}/maps").read_text()
