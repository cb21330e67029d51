"""While a network trains: keys, bytes, and a terminal that is too slow."""

import random
import re
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from benchmarks.replay import Replay, in_place_of_the_engine, noisy, recorded
from benchmarks.screen.start import PROGRAM, Measured, environment
from benchmarks.terminal import Terminal
from engine.store.store import Store
from penguin_tui.screens.places import PLACES as PLACES_OF_THE_APP

PRESSES = 300
# key, and how the navigation writes a place that is on screen: in one piece
PLACES = tuple((place.key, f"{place.key} {place.title}".encode()) for place in PLACES_OF_THE_APP)
# the workbench asks this after each frame
END_OF_FRAME = b"\x1b[6n"
# the least a Textual app can do on a key: what the machine itself takes at that moment
BARE = [
    sys.executable, "-P", "-c",
    "from textual.app import App\nfrom textual.widgets import Static\n"
    "class Bare(App):\n"
    "    def compose(self): yield Static('ready')\n"
    "    def on_key(self, event): self.query_one(Static).update(f'<{event.key}>')\n"
    "Bare().run()",
]  # fmt: skip
WATCH_SECONDS = 20.0
IDLE_SECONDS = 20.0
LINK = 10_000
_EPOCH = re.compile(r"epoch ([0-9,]+) of")


def keys(home: Path) -> Measured:
    """From a key to the screen it asks for, while the engine trains as fast as it can."""
    subprocess.run(  # the engine takes all the processor it can get
        [*PROGRAM, "run", "train", "--set", "epochs=100000", "--set", "batch_size=2", "--detach"],
        check=True, capture_output=True, env=environment(home) | {"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    with Store.open(home) as store:
        while store.run(1).epochs_run < 200:
            time.sleep(0.2)
        draw = random.Random(0)
        with (
            Terminal(PROGRAM, env=environment(home), draw=False) as terminal,
            Terminal(BARE, draw=False) as bare,
        ):
            bare.seen(b"ready", bare.started, 60)
            opened = terminal.seen(b"Class balance", terminal.started, 60)
            if opened is None:
                raise RuntimeError("the workbench does not open")
            time.sleep(2)
            first = [_press(terminal, key, text) for key, text in (*PLACES[1:], PLACES[0])]
            times, least = [], []
            for turn in range(PRESSES):
                time.sleep(draw.uniform(0.05, 0.25))
                key, text = draw.choice([p for p in PLACES if p is not _press.last])  # type: ignore[attr-defined]
                times.append(_press(terminal, key, text))
                time.sleep(draw.uniform(0.05, 0.25))
                bare.received.clear()
                letter = "ab"[turn % 2]
                pressed = bare.press(letter)
                came = bare.seen(f"<{letter}>".encode(), pressed)
                if came is not None:
                    least.append(came - pressed)
            terminal.press("q")
            terminal.wait()
        if not store.run(1).live:
            raise RuntimeError("the training has ended before the keys were pressed")
    if not least:
        raise RuntimeError("the bare app does not answer")
    times.sort()
    least.sort()
    worst, least_worst = times[int(0.99 * len(times))], least[int(0.99 * len(least))]
    return [
        (
            f"key to changed screen while a network trains at full speed ({PRESSES} presses)",
            f"median {statistics.median(times) * 1000:.0f} ms, "
            f"99th percentile {worst * 1000:.0f} ms",
            "99th percentile 40 ms", worst < 0.04,
        ),
        (
            f"in turn with it: a bare Textual app that changes one line ({len(least)} answers)",
            f"median {statistics.median(least) * 1000:.0f} ms, "
            f"99th percentile {least_worst * 1000:.0f} ms; ours takes "
            f"{statistics.median(times) / statistics.median(least):.1f} and "
            f"{worst / least_worst:.1f} times that", "", None,
        ),
        (
            "the same, each screen's first time",
            f"{min(first) * 1000:.0f} to {max(first) * 1000:.0f} ms", "100 ms", max(first) < 0.1,
        ),
    ]  # fmt: skip


def _press(terminal: Terminal, key: str, marked: bytes) -> float:
    """Seconds from a key to the end of the frame that shows its screen."""
    _press.last = next(p for p in PLACES if p[0] == key)  # type: ignore[attr-defined]
    terminal.received.clear()
    pressed = terminal.press(key)
    came = terminal.seen(marked, pressed)
    ended = terminal.seen(END_OF_FRAME, came or pressed)
    if came is None or ended is None:
        come = b"".join(data for _, data in terminal.received)
        raise RuntimeError(f"no answer to {key!r}, but {come[:600]!r}")
    return ended - pressed


def bytes_live(home: Path) -> Measured:
    """Bytes a second while a run is watched at 120x40: the post's network, and the worst."""
    subprocess.run(
        [*PROGRAM, "run", "train", "--set", "epochs=1000"],
        check=True, capture_output=True, env=environment(home) | {"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    usual = recorded(home, 1)
    found: Measured = []
    subprocess.run(
        [*PROGRAM, "engine", "stop"],
        check=True, capture_output=True, env=environment(home) | {"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    with in_place_of_the_engine(home):
        for name, figures, target in (
            ("the post's network, 20 epochs a second", usual, 5_000),
            ("noise in every figure, 20 epochs a second", noisy(), 5_000),
        ):
            with (
                Replay(home, figures, 20) as replay,
                Terminal(PROGRAM, env=environment(home)) as terminal,
            ):
                _watch(terminal)
                time.sleep(3)
                began = time.perf_counter()
                terminal.received.clear()
                numbers = _numbers(terminal, WATCH_SECONDS) / WATCH_SECONDS
                sent = terminal.bytes_since(began) / WATCH_SECONDS
                charts = _charts(terminal.received) / WATCH_SECONDS
                terminal.press("q")
                terminal.wait()
            enough = numbers >= 5 and charts >= 2
            found.append(
                (
                    f"watching a run live at 120x40: {name} (at epoch {replay.epoch})",
                    f"{sent / 1000:.1f} kB/s; numbers {numbers:.1f}, "
                    f"charts {charts:.1f} times a second",
                    f"{target // 1000} kB/s; 5, 2 times",
                    sent < target and enough,
                )
            )
    return found


def _watch(terminal: Terminal) -> None:
    """Open the newest run."""
    if terminal.seen(b"engine: ", terminal.started, 60) is None:
        raise RuntimeError("the workbench does not open")
    time.sleep(1)
    began = terminal.press("6")
    if terminal.seen(b"running", began) is None:
        raise RuntimeError("the run is not listed")
    began = terminal.press("\r")
    if terminal.seen(b"Learning rate", began) is None:
        raise RuntimeError("the run does not open")


def _shown(terminal: Terminal) -> int:
    """The epoch that is on screen."""
    found = _EPOCH.search(terminal.text)
    return int(found[1].replace(",", "")) if found else 0


def _numbers(terminal: Terminal, seconds: float) -> int:
    """How many different epochs are on screen in that time."""
    seen = set()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        seen.add(_shown(terminal))
        time.sleep(0.02)
    return len(seen)


def _charts(received: list[tuple[float, bytes]]) -> float:
    """How often the three charts are drawn: braille dots are U+2800 to U+28FF."""
    bursts, last = 0, 0.0
    for at, data in received:
        if re.search(rb"\xe2[\xa0-\xa3]", data):
            bursts += at - last > 0.02
            last = at
    return bursts / 3


def bytes_opening(home: Path) -> Measured:
    """Bytes from the start to the filled Data screen, and of each change of screen."""
    changes = {}
    with Terminal(PROGRAM, env=environment(home)) as terminal:
        terminal.wait_for("Class balance", 60)
        time.sleep(2)
        first = terminal.bytes_since(terminal.started)
        for _ in range(2):
            for key, _ in (*PLACES[1:7], PLACES[0]):
                began = terminal.press(key)
                time.sleep(1.5)
                changes[key] = terminal.bytes_since(began)
        terminal.press("q")
        terminal.wait()
    least, most = min(changes.values()), max(changes.values())
    return [
        ("from the start to the filled data screen at 120x40", f"{first / 1000:.1f} kB",
         "8 kB", first < 8000),
        ("from one screen to another", f"{least / 1000:.1f} to {most / 1000:.1f} kB",
         "4 kB", most < 4000),
    ]  # fmt: skip


def bytes_idle(home: Path) -> Measured:
    """Bytes a second when nothing happens, on each screen."""
    found = {}
    with Terminal(PROGRAM, env=environment(home)) as terminal:
        terminal.wait_for("engine: idle", 120)
        for key, _ in PLACES:
            terminal.press(key)
            time.sleep(2)
            began = time.perf_counter()
            time.sleep(IDLE_SECONDS / 4)
            found[key] = terminal.bytes_since(began) / (IDLE_SECONDS / 4)
        terminal.press("q")
        terminal.wait()
    most = max(found.values())
    return [("idle, on the busiest of the six screens", f"{most:.0f} B/s", "200 B/s", most < 200)]


def slow_link(home: Path) -> Measured:
    """A terminal that takes 10 kB a second, watching the worst run: keys, and what is queued."""
    answers: list[float] = []
    behind: list[float] = []
    with (
        in_place_of_the_engine(home),
        Replay(home, noisy(), 20) as replay,
        Terminal(PROGRAM, env=environment(home), rate=LINK) as terminal,
    ):
        _watch(terminal)
        time.sleep(5)
        draw = random.Random(0)
        for _ in range(20):
            time.sleep(draw.uniform(1.0, 2.0))
            behind.append((replay.epoch - _shown(terminal)) / 20)
            # a help window and back: the answer is its first sign on screen
            for key, sign in (("?", True), ("\x1b", False)):
                pressed = terminal.press(key)
                came = terminal.wait_for(partial(_helped, terminal, sign), 20)
                answers.append(came - pressed)
                time.sleep(draw.uniform(1.0, 2.0))
        terminal.press("q")
        terminal.wait()
    answers.sort()
    return [
        (
            "a terminal that takes 10 kB/s, watching the noisiest run: key to its answer",
            f"median {statistics.median(answers) * 1000:.0f} ms, "
            f"slowest {answers[-1] * 1000:.0f} ms",
            "300 ms", answers[-1] < 0.3,
        ),
        (
            "the same: how far the epoch shown is behind",
            f"median {statistics.median(behind):.1f} s, most {max(behind):.1f} s", "", None,
        ),
    ]  # fmt: skip


def _helped(terminal: Terminal, wanted: bool) -> bool:
    return ("Keys" in terminal.text) == wanted
