"""A disk that is full or read-only, an engine that is frozen, a store that goes away under it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.torture.kill import Line, wait
from engine.client.process import engine_status, reconcile, stop_engine
from engine.client.submission import resume_run, submit, unsaved_end
from engine.kinds import make_spec
from engine.store.home import home, store_path
from engine.store.locks import engine_alive, lock_holder, signal_holder
from engine.store.store import Store

PROGRAM = [sys.executable, "-P", "-m", "penguin_tui"]
LONG = {"epochs": 100_000, "hidden_layers": [100, 100], "batch_size": 4}
DISK_MEGABYTES = 100
ANSWER_SECONDS = 10.0
FULL, READ_ONLY = "the disk is full", "the disk is read-only"


def faults(folder: Path, times: int) -> list[Line]:
    """Each fault `times` times, on homes of its own beside `folder`."""
    parts: tuple[tuple[str, Callable[[Path], str]], ...] = (
        ("disk full under two runs; both stopped, engine ended, room made, resumed", _full_disk),
        ("engine frozen (SIGSTOP), ended", _frozen),
        ("store removed under a run", partial(_damaged, damage=Path.unlink)),
        ("store overwritten under a run", partial(_damaged, damage=_overwrite)),
    )
    lines = []
    for what, part in parts:
        broken = []
        for number in range(times):
            os.environ["PENGUIN_TUI_HOME"] = str(folder.parent / f"{part_name(what)}-{number}")
            found = part(home())
            if found.startswith("not tried"):
                broken = [found]
                break
            broken += [found] if found else []
        if broken and broken[0].startswith("not tried"):
            lines.append((what, "–", broken[0]))
        else:
            lost = f"BROKEN {len(broken)} times: {broken[0]}" if broken else "nothing; all said so"
            lines.append((what, f"{times} times", lost))
    return lines


def part_name(what: str) -> str:
    """A folder's name of a sentence."""
    return "".join(character for character in what if character.isalnum())[:20]


def _say(*arguments: str) -> tuple[str, float]:
    begun = time.monotonic()
    done = subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = done.stdout + done.stderr
    return (said if "Traceback" not in said else "Traceback"), time.monotonic() - begun


def _missing(sentence: str, *commands: tuple[str, ...]) -> str:
    """The first command that does not say so, or takes too long."""
    for command in commands:
        said, seconds = _say(*command)
        if sentence not in said or seconds > ANSWER_SECONDS:
            words = " ".join(said.split())
            return f"{' '.join(command)} said in {seconds:.1f} s, not {sentence!r}: {words[-200:]}"
    return ""


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """A file system of its own on the folder, where that is allowed; yields whether it is."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=700", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield False
        return
    try:
        yield True
    finally:
        stop_engine(folder)
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 10):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def _full_disk(folder: Path) -> str:
    with _small_disk(folder) as mounted:
        if not mounted:
            return "not tried: it needs the right to mount"
        return _on_a_small_disk(folder)


def _on_a_small_disk(folder: Path) -> str:
    with Store.open(folder) as store:
        runs = [submit(store, make_spec("train", LONG)) for _ in range(2)]
        for run in runs:
            wait(store, partial(_trained, store, run, 20))
        first, second = (str(run) for run in runs)
        _fill(folder / "filler")
        wait(store, lambda: engine_status(store).unsaved_for > 5)
        broken = [_missing(f"s: {FULL}", ("runs",), ("show", first), ("engine", "status"))]
        for command, run in (("stop", runs[0]), ("pause", runs[1])):
            # what is let go of meanwhile, such as a log that was written over, leaves room
            _fill(folder / "filler")
            _say(command, str(run))
            wait(store, partial(unsaved_end, store, run))
        broken += [
            _missing(f"not saved yet: {FULL}", ("stop", first), ("pause", second)),
            _missing("The engine has ended", ("engine", "stop")),
        ]
        before = {run: store.run(run).epochs_run for run in runs}
    stop_engine(folder)
    remount = ["mount", "-o"]
    broken += [
        _missing(FULL, ("runs",), ("rename", first, "x"), ("run", "baseline")),
        _missing("epoch", ("export", first, "--epochs", "-")),
    ]
    subprocess.run([*remount, "remount,ro", str(folder)], check=True)
    broken.append(_missing(READ_ONLY, ("runs",), ("show", first), ("rename", first, "x")))
    subprocess.run([*remount, "remount,rw", str(folder)], check=True)
    # what was reserved when the engine started is enough to make more
    broken.append(_missing("", ("prune", "--older-than", "0", "--yes")))
    (folder / "filler").unlink()
    with Store.open(folder) as store:
        reconcile(store)
        for run in runs:
            resume_run(store, run)
            if not store.wait_for(partial(_trained, store, run, before[run]), 120):
                broken.append(f"run {run} did not resume: {store.run(run).status}")
    return "; ".join(filter(None, broken))


def _trained(store: Store, run: int, epochs: int) -> bool:
    return store.run(run).epochs_run > epochs


def _frozen(folder: Path) -> str:
    with Store.open(folder) as store:
        run = submit(store, make_spec("train", LONG))
        wait(store, lambda: store.run(run).epochs_run > 20)
        signal_holder(folder, signal.SIGSTOP)
        wait(store, lambda: engine_status(store).silent_for)
        commands = (("runs",), ("show", str(run)), ("engine", "status"))
        broken = _missing("Nothing heard from the engine since", *commands)
        if stop_engine(folder) != "killed":
            broken = broken or "it was not killed"
        reconcile(store)
        resume_run(store, run)
        before = store.run(run).epochs_run
        wait(store, lambda: store.run(run).epochs_run > before)
    stop_engine(folder)
    return broken


def _damaged(folder: Path, damage: Callable[[Path], None]) -> str:
    with Store.open(folder) as store:
        run = submit(store, make_spec("train", LONG))
        wait(store, lambda: store.run(run).epochs_run > 20)
        with subprocess.Popen(
            [*PROGRAM, "log", str(run), "--follow"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as follower:  # fmt: skip
            if follower.stdout is not None:
                follower.stdout.readline()
            damage(store_path(folder))
            _, said = follower.communicate(timeout=60)
    broken = "" if "The store" in said else f"who waited was told: {said[-200:]}"
    if lock_holder(folder) is not None and stop_engine(folder) != "ended":
        broken = broken or "the engine did not end"
    return broken or ("the engine is alive" if engine_alive(folder) else "")


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
