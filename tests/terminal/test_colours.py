"""The colours that the real program sends, by the terminal it is in."""

import pytest

from benchmarks.terminal import Terminal
from penguin_tui.terminal.colours import QUESTION
from tests.support.patience import PATIENCE
from tests.support.terminal.program import ALONE, Open

TRUE, MANY = b"[38;2;", b"[38;5;"


def sent(terminal: Terminal) -> bytes:
    return b"".join(data for _, data in terminal.received).replace(QUESTION.encode(), b"")


@pytest.mark.parametrize(
    ("term", "forced", "has", "has_not"),
    [
        ("xterm-ghostty", "", TRUE, MANY),
        ("xterm-256color", "", MANY, TRUE),
        ("linux", "", b"", MANY),
        ("xterm-256color", "true", TRUE, MANY),
        ("xterm-ghostty", "16", b"", TRUE),
        ("xterm-ghostty", "none", b"", b"[31;"),
    ],
)
def test_colours_are_those_the_terminal_has(
    open_program: Open, term: str, forced: str, has: bytes, has_not: bytes
) -> None:
    env = {"TERM": term, "COLORTERM": "", "PENGUIN_TUI_COLOR": forced}
    terminal = open_program(*ALONE, environ=env)
    terminal.wait_for("1 Data", PATIENCE)
    terminal.wait_for("q Quit", PATIENCE)
    terminal.press("q")
    assert terminal.wait(PATIENCE) == 0
    assert has in sent(terminal)
    assert has_not not in sent(terminal)


def test_a_terminal_that_answers_gets_all_its_colours(open_program: Open) -> None:
    env = {"TERM": "xterm-256color", "COLORTERM": ""}
    terminal = open_program(*ALONE, environ=env)
    terminal.wait_for(lambda: terminal.seen(QUESTION.encode(), 0.0, 0.1), PATIENCE)
    terminal.press("\x1bP1$r0;48:2::1:2:3m\x1b\\")
    terminal.wait_for(lambda: TRUE in sent(terminal), PATIENCE)
    # and nothing of it was taken for keys
    terminal.wait_for("q Quit", PATIENCE)
