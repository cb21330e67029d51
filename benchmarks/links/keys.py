"""Keys through a slow link, beside the noisiest run: how long until the first sign of each."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.links.shaped_link import ShapedLink
from benchmarks.links.ssh_server import SshServer
from benchmarks.replay import Replay, in_place_of_the_engine, noisy
from benchmarks.screen.start import PROGRAM, environment
from benchmarks.terminal import Terminal
from penguin_tui.screens.places import PLACES, Place, place

ROWS = 40
# navigation, title, head, tabs; and the keys
BARS = (*range(7), ROWS - 1)
# in the table of runs, a cell that every row has
TABLE_COLUMN = 5
RUNS_BEFORE = 12
# from the run to all others; of them the first visit and the next
OTHERS = tuple(one for one in PLACES if one.name not in ("data", "runs"))
PATIENCE = 60.0
ESCAPE, CTRL_P = "\x1b", "\x10"
# what the windows say
HELP, PALETTE = "type to search", "Search for"
DOWN, UP = "\x1b[B", "\x1b[A"
# kind of key -> seconds from each press to its first sign
Signs = dict[str, list[float]]
TABS, BEFORE, FIRST, CURSOR, DIALOGS = (
    "tabs of a run", "screens visited before", "first visits of a screen", "cursor in a table",
    "run, help, palette, a dialog",
)  # fmt: skip


def open_afar(server: SshServer, link: ShapedLink, home: Path) -> Terminal:
    """The program, as it is seen at the other end of the link."""
    # a terminal names its colours; and what is measured is this tree
    own = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    env = environment(home) | {"COLORTERM": "truecolor"} | own
    command = server.command(link.port, PROGRAM, env)
    return Terminal(command, rows=ROWS, env={"LANG": "C.UTF-8"}, synchronized=True)


def watch(terminal: Terminal) -> None:
    """Open the newest run, which is live, and wait for its charts."""
    terminal.wait_for("engine: ", PATIENCE)
    time.sleep(1.5)
    terminal.press("6")
    terminal.wait_for("running", PATIENCE)
    time.sleep(1.5)
    terminal.press("\r")
    terminal.wait_for("Learning rate", PATIENCE)
    time.sleep(3)


def first_signs(server: SshServer, link: ShapedLink, home: Path, starts: int) -> Signs:
    """Seconds from each key to its first sign, in as many starts of the program."""
    found: Signs = {CURSOR: [], TABS: [], BEFORE: [], FIRST: [], DIALOGS: []}
    noise = noisy()
    with in_place_of_the_engine(home):
        for _ in range(RUNS_BEFORE):
            with Replay(home, noise, 20):
                pass
        for start in range(starts):
            with Replay(home, noise, 20), ExitStack() as stack:
                terminal = stack.enter_context(open_afar(server, link, home))
                watch(terminal)
                for kind, taken in _one_start(terminal, random.Random(start)):
                    found[kind].append(taken)
                terminal.press("q")
                terminal.wait()
    return found


def _one_start(terminal: Terminal, draw: random.Random) -> Iterator[tuple[str, float]]:
    def rest() -> None:
        time.sleep(draw.uniform(0.8, 1.5))

    def press(kind: str, key: str, sign: Callable[[], bool]) -> tuple[str, float]:
        pressed = terminal.press(key)
        taken = terminal.wait_for(sign, PATIENCE) - pressed
        rest()
        return kind, taken

    def change(kind: str, key: str, *, others: str = "") -> tuple[str, float]:
        """A sign of any other kind: something in a bar, or a text that was not there."""
        before = terminal.marked(BARS)
        return press(
            kind, key,
            lambda: terminal.marked(BARS) != before or (bool(others) and others in terminal.text),
        )  # fmt: skip

    def go(kind: str, to: Place) -> tuple[str, float]:
        return press(kind, to.key, lambda: to.title in terminal.marked((0,))[0])

    for kind in (FIRST, BEFORE):
        for other in draw.sample(OTHERS, len(OTHERS)):
            yield go(kind, other)
            yield go(BEFORE, place("runs"))
    for _ in range(10):
        yield change(TABS, draw.choice("[]"))
    for key, text in (("?", HELP), (CTRL_P, PALETTE)) * 3:
        yield change(DIALOGS, key, others=text)
        yield press(DIALOGS, ESCAPE, lambda text=text: text not in terminal.text)  # type: ignore[misc]
    # back to the table, where the run goes on
    terminal.press(ESCAPE)
    terminal.wait_for("stopped", PATIENCE)
    rest()
    for key in "nni":
        yield change(DIALOGS, key, others="enter saves")
        terminal.press(ESCAPE)
        rest()
    for key in (DOWN, DOWN, UP) * 3 + (DOWN,):
        before = terminal.grounds(TABLE_COLUMN)
        yield press(CURSOR, key, partial(_moved, terminal, before))
    # one more run, which waits for the engine that is none
    yield go(BEFORE, place("train"))
    yield change(DIALOGS, "r", others="queued")


def _moved(terminal: Terminal, before: tuple[str, ...]) -> bool:
    return terminal.grounds(TABLE_COLUMN) != before
