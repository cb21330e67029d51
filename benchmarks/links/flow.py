"""What a slow link carries: starting, a change of screen, a live run, a minute without a link."""

import re
import statistics
import time
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.links.keys import PATIENCE, open_afar, watch
from benchmarks.links.shaped_link import ShapedLink
from benchmarks.links.ssh_server import SshServer
from benchmarks.replay import Replay, in_place_of_the_engine, noisy
from benchmarks.terminal import Terminal
from penguin_tui.screens.places import PLACES
from penguin_tui.terminal.flow_control import QUESTION

STARTS = 5
# nothing more comes of a frame after so long
QUIET = 1.0
WATCHED = 20.0
DOWN = 60.0
EPOCHS_A_SECOND = 20
# of a round trip; packets of what has waited come closer together
SILENCE = 0.75
_EPOCH = re.compile(r"epoch ([0-9,]+) of")


class Change(NamedTuple):
    """A change of screen: bytes, and seconds from the key to the last of them."""

    size: int
    seconds: float


class Outage(NamedTuple):
    """A link that was down.

    Bytes that had waited for it, seconds until the first frame that was drawn after it was back,
    and how far that was behind the run.
    """

    outdated: int
    seconds: float
    behind: float


def first_paint(server: SshServer, link: ShapedLink, home: Path) -> tuple[float, float]:
    """Seconds until the first frame is there, and those of `ssh true`: medians, in turn."""
    ours: list[float] = []
    least: list[float] = []
    with in_place_of_the_engine(home):
        for _ in range(STARTS):
            with Terminal(server.command(link.port, ["true"], {})) as terminal:
                terminal.wait(PATIENCE)
                least.append(time.perf_counter() - terminal.started)
            with open_afar(server, link, home) as terminal:
                painted = terminal.wait_for(lambda: terminal.painted, PATIENCE)
                ours.append(painted - terminal.started)
                terminal.press("q")
                terminal.wait()
    return statistics.median(ours), statistics.median(least)


def changes(server: SshServer, link: ShapedLink, home: Path) -> list[Change]:
    """Each screen but the playground, which trains: shown once, then from one to the next."""
    found: list[Change] = []
    with open_afar(server, link, home) as terminal:
        terminal.wait_for("Class balance", PATIENCE)
        terminal.wait_for("engine: idle", PATIENCE)
        _until_quiet(terminal, terminal.started)
        for visit in range(2):
            for place in (*PLACES[1:7], PLACES[0]):
                pressed = terminal.press(place.key)
                ended = _until_quiet(terminal, pressed)
                if visit:
                    found.append(Change(terminal.bytes_since(pressed), ended - pressed))
        terminal.press("q")
        terminal.wait()
    return found


def _until_quiet(terminal: Terminal, since: float) -> float:
    """Wait until nothing comes any more; returns when the last byte came that can be seen.

    Behind a frame the question comes whether it has arrived, once that before it is answered.
    """
    while True:
        come = [at for at, data in terminal.received if at >= since and data != QUESTION.encode()]
        last = max(come, default=since)
        rest = max(last, since + QUIET) + QUIET - time.perf_counter()
        if rest <= 0:
            return last
        time.sleep(rest)


def live(server: SshServer, link: ShapedLink, home: Path) -> tuple[list[float], Outage]:
    """Watching the noisiest run: seconds from each epoch drawn back to when it was written.

    Then the link is down for a minute.
    """
    with (
        in_place_of_the_engine(home),
        Replay(home, noisy(), EPOCHS_A_SECOND) as replay,
        open_afar(server, link, home) as terminal,
    ):
        watch(terminal)
        time.sleep(5)
        ages: list[float] = []
        end = time.perf_counter() + WATCHED
        while time.perf_counter() < end:
            at, epoch = _next_drawn(terminal)
            ages.append(at - _written(replay, epoch))
        link.down()
        time.sleep(DOWN)
        link.up()
        back = time.perf_counter()
        while True:
            at, epoch = _next_drawn(terminal)
            if _written(replay, epoch) >= back:
                break
        waited = _waited(terminal.history, back, link.rtt)
        outage = Outage(waited, at - back, at - _written(replay, epoch))
        terminal.press("q")
        terminal.wait()
    return ages, outage


def _waited(history: Sequence[tuple[float, int]], back: float, rtt: float) -> int:
    """Bytes before the silence of a round trip in which the program hears that they have come."""
    total, last = 0, back
    for at, size in history:
        if at < back:
            continue
        if at - last > SILENCE * rtt:
            break
        total, last = total + size, at
    return total


def _next_drawn(terminal: Terminal) -> tuple[float, int]:
    """Wait for the next epoch on screen; returns when it came."""
    before = _shown(terminal)
    at = terminal.wait_for(lambda: _shown(terminal) != before, PATIENCE)
    return at, _shown(terminal)


def _shown(terminal: Terminal) -> int:
    found = _EPOCH.search(terminal.text)
    return int(found[1].replace(",", "")) if found else 0


def _written(replay: Replay, epoch: int) -> float:
    """When the engine had this epoch written."""
    place = bisect_left(replay.written, epoch, key=lambda entry: entry[1])
    return replay.written[min(place, len(replay.written) - 1)][0]
