"""Keys that arrive in one piece do what the same keys do one by one."""

import asyncio
import os
import random
import shutil
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.run.live_pane import LivePane
from penguin_tui.screens.places import PLACES, Place
from penguin_tui.screens.train import TrainScreen
from penguin_tui.terminal.textual_private.driver import EscapingParser
from tests.support.patience import PATIENCE
from tests.support.screen.data_screen import Remember
from tests.support.screen.form_and_run import form_screen
from tests.support.screen.text import seen
from tests.support.screen.waiting import at_rest, complete, until
from tests.support.stored.descriptions import penguins
from tests.support.stored.runs import NOW, baseline_events, train_events
from tests.support.stored.searches import RANDOM, search_events

Stored = Callable[..., int]


@pytest.fixture
def make_workbench(
    tmp_path: Path, store_home: Path, stored: Stored, remember: Remember
) -> Callable[[str], Workbench]:
    """The workbench on copies of one home folder with a few runs."""
    stored("train", {"epochs": 20}, train_events(20, 20), name="first")
    stored("random_search", RANDOM, search_events())
    stored("baseline", {}, baseline_events(), name="third")
    remember(penguins())

    def make(name: str) -> Workbench:
        home = shutil.copytree(store_home, tmp_path / name)
        return Workbench(home, engine=False, clock=lambda: NOW)

    return make


def arrive(pilot: Pilot[None], data: str) -> None:
    """What the driver does with bytes that were read in one go."""
    driver = pilot.app._driver
    assert driver is not None
    for message in tokens(data):
        driver.send_message(message)


def tokens(*pieces: str) -> list[Message]:
    """What the parser makes of pieces of input, the last one followed by a pause."""
    parser = EscapingParser()
    found = [token for piece in pieces for token in parser.feed(piece)]
    if parser._timeout_time is not None:
        # it waits for the rest of a sequence: the time is up
        parser._timeout_time = 0.0
    return [*found, *parser.tick()]


def keys(found: Iterable[Message]) -> list[str]:
    return [event.key for event in found if isinstance(event, events.Key)]


def test_escape_is_a_key_of_its_own_whatever_comes_with_it() -> None:
    assert keys(tokens("\x1b3")) == ["escape", "3"]
    assert keys(tokens("\x1bb")) == ["escape", "b"]
    assert keys(tokens("\x1b\r")) == ["escape", "enter"]
    assert keys(tokens("\x1b\x1b")) == ["escape", "escape"]
    assert keys(tokens("a\x1b\x1b[A\x1bB\x1b")) == ["a", "escape", "up", "escape", "B", "escape"]


def test_a_sequence_in_two_pieces_is_one_key() -> None:
    assert keys(tokens("\x1b", "[A")) == ["up"]
    assert keys(tokens("\x1b[", "B")) == ["down"]
    # and an escape that the next key catches up with is an escape
    assert keys(tokens("\x1b", "3")) == ["escape", "3"]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_is_pasted_is_no_key_whatever_is_in_it(size: int) -> None:
    data = "x\x1b[200~a\x1bb\nc\x1b[Ad\x1b[201~y"
    found = tokens(*(data[place : place + size] for place in range(0, len(data), size)))
    assert keys(found) == ["x", "y"]
    assert [one.text for one in found if isinstance(one, events.Paste)] == ["a\x1bb\nc\x1b[Ad"]


async def field_of(pilot: Pilot[None], entry: str) -> TrainScreen:
    screen = await form_screen(pilot, TrainScreen)
    screen.form.enter(entry)
    await at_rest(pilot)
    return screen


async def test_a_path_behind_ctrl_u_is_not_lost(workbench: Workbench) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "Waiting" in seen(workbench))
        arrive(pilot, "o/tmp/one\x15/tmp/no_such_file")
        await until(pilot, lambda: "no_such_file" in seen(workbench))
        assert workbench.screen.query_one("#path", Input).value == "/tmp/no_such_file"


async def test_letters_go_where_the_cursor_was_moved_before(workbench: Workbench) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "Waiting" in seen(workbench))
        arrive(pilot, "o\x15ab\x1b[D\x1b[Dc")
        await until(pilot, lambda: "cab" in seen(workbench))


async def test_keys_behind_the_one_that_opens_a_screen_are_for_that_screen(
    workbench: Workbench, stored: Stored
) -> None:
    stored("train", {"epochs": 20}, train_events(20, 20), name="first")
    async with workbench.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "Waiting" in seen(workbench))
        arrive(pilot, "6nsecond\r")
        await until(pilot, lambda: "second" in seen(workbench))
        # deleted once, not twice the same one
        arrive(pilot, "dd")
        await until(pilot, lambda: "No runs yet" in seen(workbench))
        with Store.open(workbench.home) as store:
            assert store.runs() == []


async def test_a_key_waits_for_what_hangs_but_not_for_ever(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("penguin_tui.terminal.typed_order.PATIENCE_SECONDS", 0.2)
    async with workbench.run_test(size=(100, 30)) as pilot:
        await form_screen(pilot, TrainScreen)
        never = asyncio.Event()
        workbench.run_worker(never.wait(), group="engine")
        arrive(pilot, "???")
        await until(pilot, lambda: "─ Keys ─" in seen(workbench))
        never.set()


async def test_a_key_waits_for_its_screen_however_long_it_takes_to_load(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    come, load = threading.Event(), Place.load

    def late(self: Place) -> type[Screen[Any]]:
        if self.name == "evaluate":
            come.wait(PATIENCE)
        return load(self)

    monkeypatch.setattr(Place, "load", late)
    async with workbench.run_test(size=(100, 30)) as pilot:
        await form_screen(pilot, TrainScreen)
        monkeypatch.setattr("penguin_tui.terminal.typed_order.PATIENCE_SECONDS", 0.0)
        arrive(pilot, "7")
        await until(pilot, lambda: workbench.opening)
        # the second of the kinds on Evaluate; it means nothing on Train
        arrive(pilot, "]")
        await pilot.pause()
        come.set()
        await until(pilot, lambda: "20 repeats" in seen(workbench))


# -- any sequence ----------------------------------------------------------------------------------

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
ESCAPE, ENTER, TAB, BACK_TAB, ERASE, CLEAR = "\x1b", "\r", "\t", "\x1b[Z", "\x7f", "\x15"
PAGE_UP, PAGE_DOWN, HOME, END, PALETTE = "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x10"
MOVES = (UP, DOWN, DOWN, RIGHT, LEFT, ENTER, ENTER, ESCAPE, ESCAPE, TAB, BACK_TAB, HOME, END,
         PAGE_DOWN, PAGE_UP, ERASE, CLEAR)  # fmt: skip
# more by hand: PENGUIN_KEYS_BLOCKS=20
BLOCKS = int(os.environ.get("PENGUIN_KEYS_BLOCKS", "2"))
# q would end it; o reads the folder that the tests run in
LETTERS = (
    tuple("abdhijklmnprstuvwxyzABCEFHILMNPRSTVWX0578,.-+=/?> ") + ("1", "2", "3", "4", "5", "6") * 3
)


def typed(seed: int, length: int = 12) -> list[str]:
    """Some keys; an Escape before `[` or `O` would be the beginning of a sequence."""
    chance = random.Random(seed)
    return [chance.choice(MOVES if chance.random() < 0.5 else LETTERS) for _ in range(length)]


async def screens(workbench: Workbench, seeds: Iterable[int], *, apart: bool) -> list[str]:
    """What is on screen after each sequence of keys, typed apart or arriving in one piece."""
    found = []
    async with workbench.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "344 rows" in seen(workbench))
        await until(pilot, lambda: len(workbench._loaded) == len(PLACES))
        for seed in seeds:
            sequence = typed(seed)
            for piece in sequence if apart else ["".join(sequence)]:
                arrive(pilot, piece)
                await obeyed(workbench)
            # charts and notes follow a moment later
            await at_rest(pilot)
            await until(pilot, lambda: all(map(complete, workbench.screen.query(LivePane))))
            found.append(f"{type(workbench.screen).__name__} {sequence}\n{seen(workbench)}")
    return found


async def obeyed(workbench: Workbench) -> None:
    """Wait until every key has had its effect: until another one, which has none, may act."""
    last = events.Key("f24", None)
    # the way of the others, which it would overtake on any other
    workbench._driver.send_message(last)
    async with asyncio.timeout(PATIENCE):
        while not last.is_forwarded and not workbench._exit:
            await asyncio.sleep(0.002)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("block", range(BLOCKS))
async def test_any_keys_end_on_the_same_screen_typed_apart_or_in_one_piece(
    make_workbench: Callable[[str], Workbench], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # on a busy machine a screen may take longer to come than a person would wait
    monkeypatch.setattr("penguin_tui.terminal.typed_order.PATIENCE_SECONDS", PATIENCE)
    # what is only told beside a form comes when it has rested for a moment
    monkeypatch.setattr("penguin_tui.screens.lookup.PAUSE_SECONDS", 0.001)
    seeds = range(12 * block, 12 * block + 12)
    apart = await screens(make_workbench("apart"), seeds, apart=True)
    at_once = await screens(make_workbench("at once"), seeds, apart=False)
    for one, other in zip(apart, at_once, strict=True):
        assert other.splitlines() == one.splitlines()
