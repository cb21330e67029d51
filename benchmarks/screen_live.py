"""While a network trains: keys, bytes, and a terminal that is too slow."""

import random
import re
import statistics
import subprocess
import time
from pathlib import Path

from benchmarks.replay import Replay, in_place_of_the_engine, noisy, recorded
from benchmarks.screen_start import PROGRAM, Measured, environment
from benchmarks.terminal import Terminal
from engine.store import Store

PRESSES = 300
# key, and a text of that screen that stands low in it and on no other
PLACES = (
    ("4", b"compare them on screen 6"),
    ("6", b"largest first"),
    ("1", b"Class balance"),
    ("5", b"until the best one is"),
    ("2", b"figure to beat"),
    ("3", b"Planned learning rate"),
)
WATCH_SECONDS = 20.0
IDLE_SECONDS = 20.0
LINK = 10_000
_EPOCH = re.compile(rb"epoch ([0-9,]+) of")


def keys(home: Path) -> Measured:
    """From a key to the screen it asks for, while the engine trains as fast as it can."""
    subprocess.run(  # the engine takes all the processor it can get
        [*PROGRAM, "run", "train", "--set", "epochs=100000", "--detach"],
        check=True, capture_output=True, env=environment(home) | {"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    with Store.open(home) as store:
        while store.run(1).epochs_run < 200:
            time.sleep(0.2)
        draw = random.Random(0)
        with Terminal(PROGRAM, env=environment(home), draw=False) as terminal:
            opened = terminal.seen(b"Class balance", terminal.started, 60)
            if opened is None:
                raise RuntimeError("the workbench does not open")
            time.sleep(2)
            first = [_press(terminal, key, text) for key, text in PLACES]
            times = []
            for _ in range(PRESSES):
                time.sleep(draw.uniform(0.05, 0.25))
                key, text = draw.choice([p for p in PLACES if p is not _press.last])  # type: ignore[attr-defined]
                times.append(_press(terminal, key, text))
            terminal.press("q")
            terminal.wait()
        live = store.run(1).live
    times.sort()
    worst = times[int(0.99 * len(times))]
    return [
        (
            f"key to changed screen while a network trains at full speed ({PRESSES} presses)",
            f"median {statistics.median(times) * 1000:.0f} ms, "
            f"99th percentile {worst * 1000:.0f} ms",
            "99th percentile 50 ms", live and worst < 0.05,
        ),
        (
            "the same, each screen's first time",
            f"{min(first) * 1000:.0f} to {max(first) * 1000:.0f} ms", "", None,
        ),
    ]  # fmt: skip


def _press(terminal: Terminal, key: str, text: bytes) -> float:
    """Seconds from a key to the end of the answer's text."""
    _press.last = next(p for p in PLACES if p[0] == key)  # type: ignore[attr-defined]
    terminal.received.clear()
    pressed = terminal.press(key)
    came = terminal.seen(text, pressed)
    if came is None:
        raise RuntimeError(f"no answer to {key!r}: {text!r} did not come")
    return came - pressed


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
            ("the post's network, 20 epochs a second", usual, 25_000),
            ("noise in every figure, 20 epochs a second", noisy(), 70_000),
        ):
            with (
                Replay(home, figures, 20) as replay,
                Terminal(PROGRAM, env=environment(home), draw=False) as terminal,
            ):
                _watch(terminal)
                time.sleep(3)
                began = time.perf_counter()
                terminal.received.clear()
                time.sleep(WATCH_SECONDS)
                sent = terminal.bytes_since(began) / WATCH_SECONDS
                numbers, charts = _refreshes(terminal.received, began)
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
    if terminal.seen(b"Class balance", terminal.started, 60) is None:
        raise RuntimeError("the workbench does not open")
    began = terminal.press("6")
    if terminal.seen(b"running", began) is None:
        raise RuntimeError("the run is not listed")
    began = terminal.press("\r")
    if terminal.seen(b"Learning rate", began) is None:
        raise RuntimeError("the run does not open")


def _refreshes(received: list[tuple[float, bytes]], began: float) -> tuple[float, float]:
    """How often a second the epoch shown changes, and how often a chart is drawn."""
    seconds = received[-1][0] - began
    come = b"".join(data for _, data in received)
    numbers = len(set(_EPOCH.findall(come)))
    # three charts, each drawn on its own; braille dots are U+2800 to U+28FF
    bursts, last = 0, 0.0
    for at, data in received:
        if re.search(rb"\xe2[\xa0-\xa3]", data):
            bursts += at - last > 0.02
            last = at
    return numbers / seconds, bursts / 3 / seconds


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
        Terminal(PROGRAM, env=environment(home), draw=False, rate=LINK) as terminal,
    ):
        _watch(terminal)
        time.sleep(5)
        draw = random.Random(0)
        for _ in range(20):
            time.sleep(draw.uniform(1.0, 2.0))
            shown = _EPOCH.findall(b"".join(data for _, data in terminal.received))
            if shown:
                behind.append((replay.epoch - int(shown[-1].replace(b",", b""))) / 20)
            # the log and back: the tab's name is marked first, then the pane follows
            for key, text in (("o", b"val loss"), ("c", b"Learning rate")):
                terminal.received.clear()
                pressed = terminal.press(key)
                came = terminal.seen(text, pressed, 10)
                if came is None:
                    raise RuntimeError(f"no answer to {key!r}")
                answers.append(came - pressed)
                time.sleep(1.5)
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
