"""Pictures in a terminal that says it draws them, and in one that says nothing."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from benchmarks.terminal import Terminal
from penguin_tui.terminal.graphics import question
from tests.support.patience import PATIENCE
from tests.support.terminal.program import ALONE

ASKED = question({"TERM": "xterm-256color"}).encode()
SHOW = (
    "import sys; from pathlib import Path\n"
    "from penguin_tui.cli.output.pictures import pictures\n"
    "from penguin_tui.cli.output.console import say\n"
    "with pictures() as shown:\n"
    "    say('a.png: drawn'); shown(Path(sys.argv[1]))\n"
    "say('typed: ' + input('name: '))\n"
)


class Drawing(Terminal):
    """A terminal with kitty's graphics."""

    def _take(self, data: bytes) -> None:
        super()._take(data)
        if b"\x1b[c" in b"".join(part for _, part in self.received)[-len(data) - 2 :]:
            with suppress(OSError):
                os.write(self._master, b"\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[?62;22c")


def raw(terminal: Terminal) -> bytes:
    return b"".join(data for _, data in terminal.received)


@pytest.mark.parametrize("kind", [Drawing, Terminal])
def test_a_command_shows_a_picture_where_it_may_and_nothing_is_typed_into_the_shell(
    kind: type[Terminal], tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (200, 100), "white").save(path)
    options: dict[str, Any] = {"columns": 80, "rows": 24, "env": {"LANG": "C.UTF-8"}}
    with kind((sys.executable, "-P", "-c", SHOW, str(path)), draw=False, **options) as terminal:
        terminal.wait_for(lambda: b"a.png: drawn" in raw(terminal), PATIENCE)
        if kind is Drawing:
            terminal.wait_for(lambda: b"were sent to show it" in raw(terminal), PATIENCE)
            assert b"c=20,r=5" in raw(terminal)
        # what is typed while the terminal may still answer is dropped with the answer
        terminal.wait_for(lambda: b"name: " in raw(terminal), PATIENCE)
        terminal.press("hello\n")
        assert terminal.wait(PATIENCE) == 0
    assert raw(terminal).count(ASKED) == 1
    assert (b"\x1b_Ga=T" in raw(terminal)) == (kind is Drawing)
    assert b"typed: hello\r\n" in raw(terminal)


def test_the_workbench_takes_the_answers_for_none_of_its_keys(home: Path) -> None:
    env = {"PENGUIN_TUI_HOME": str(home), "LANG": "C.UTF-8"}
    with Drawing(ALONE, columns=80, rows=24, env=env) as t:
        t.wait_for("6 Runs", PATIENCE)
        t.press("6")
        t.wait_for("No runs yet", PATIENCE)
        t.press("q")
        assert t.wait(PATIENCE) == 0
    assert raw(t).count(ASKED) == 1
