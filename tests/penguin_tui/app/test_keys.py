"""docs/keys.md is the list of keys, all of them; what is long or final takes two of them."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import penguin_tui
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.train import TrainScreen
from penguin_tui.search.trial_table import TrialTable
from tests.support.screen.form_and_run import form_screen, requested, run_shown
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import at_rest, until, until_stored
from tests.support.stored.runs import NOW, Stored, baseline_events, train_events
from tests.support.stored.searches import RANDOM, search_events

LIST = Path(__file__).parents[3] / "docs" / "keys.md"
NAMES = {
    "/": "slash", ".": "full_stop", ">": "greater_than_sign", "%": "percent_sign", "+": "plus",
    "?": "question_mark", "[": "left_square_bracket", "]": "right_square_bracket",
    "=": "equals_sign", "#": "number_sign", "*": "asterisk", "!": "exclamation_mark",
    "&": "ampersand",
}  # fmt: skip


def _owners() -> Iterator[type[DOMNode]]:
    """Every class of the workbench that takes keys."""
    for module in pkgutil.walk_packages(penguin_tui.__path__, "penguin_tui."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    waiting: list[type[DOMNode]] = [DOMNode]
    while waiting:
        owner = waiting.pop()
        waiting += owner.__subclasses__()
        if owner.__module__.startswith("penguin_tui.") and "BINDINGS" in vars(owner):
            yield owner


def _bindings() -> list[tuple[str, str, str]]:
    """Whose, key and title of every binding that has a title: the others edit a text."""
    return [
        (owner.__name__, key, binding.description)
        for owner in _owners()
        for binding in owner.BINDINGS
        if isinstance(binding, Binding) and binding.description
        for key in binding.key.split(",")
    ]


def _listed() -> dict[str, set[str]]:
    """The titles that each key may have."""
    found: dict[str, set[str]] = {}
    for keys, called in re.findall(r"^\| (`.*?) \| .*? \| (.*) \|$", LIST.read_text("utf-8"), re.M):
        for key in re.findall(r"`(.+?)`", keys):
            name = NAMES.get(key, key)
            assert name not in found, f"{key} is listed twice"
            # "Target, type" is one title
            found[name] = set(called.replace("Target, type", "Target type").split(", "))
    return found


def test_every_key_has_the_meaning_that_is_listed() -> None:
    listed = _listed()
    strays = [
        f"{owner}: {key} ({title})"
        for owner, key, title in _bindings()
        if title.replace(", ", " ") not in listed.get(key, ())
    ]
    assert strays == []


def test_every_listed_key_and_title_is_in_use() -> None:
    used = {(key, title.replace(", ", " ")) for _, key, title in _bindings()}
    titles = {title for _, title in used}
    listed = _listed()
    assert set(listed) - {key for key, _ in used} == set()
    assert [title for called in listed.values() for title in called if title not in titles] == []


@pytest.mark.parametrize("digit", "123456")
def test_digits_are_screens_only(digit: str) -> None:
    assert {owner for owner, key, _ in _bindings() if key == digit} == {"NavigatingApp"}


def test_capitals_open_tabs_and_nothing_else_does() -> None:
    actions = {
        (binding.action.partition("(")[0] == "tab", len(binding.key) == 1 and binding.key.isupper())
        for owner in _owners()
        for binding in owner.BINDINGS
        if isinstance(binding, Binding)
    }
    assert actions == {(True, True), (False, False)}


# -- what a key does not do on its own -------------------------------------------------------------


async def test_ctrl_c_names_the_key_that_quits(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await form_screen(pilot, TrainScreen)
        await pilot.press("ctrl+c")
        told = workbench._notifications
        await until(pilot, lambda: any("q quits the workbench" in n.message for n in told))


async def test_a_long_run_is_asked_about_before_it_starts(
    workbench: Workbench, stored: Stored
) -> None:
    # 20 epochs in ten seconds
    stored("train", {"epochs": 20}, train_events(20, 20))
    with Store.open(workbench.home) as store, store.writing() as connection:
        connection.execute(
            "UPDATE runs SET worked = NULL, started = ?, ended = ?", (NOW - 20, NOW - 10)
        )
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.form.load({"epochs": 2000})
        await pilot.press("r")
        await until(pilot, lambda: "Run this training" in seen(workbench))
        await pilot.press("escape")
        await at_rest(pilot)
        with Store.open(workbench.home) as store:
            assert len(store.runs()) == 1
        await pilot.press("r")
        await until(pilot, lambda: "Run this training" in seen(workbench))
        await pilot.press("enter")
        await until_stored(workbench.home, lambda store: len(store.runs()) == 2)
        # a short one starts at once
        await pilot.press("escape")
        screen.form.load({"epochs": 5})
        await pilot.press("r")
        await until_stored(workbench.home, lambda store: len(store.runs()) == 3)


async def test_what_cannot_be_undone_is_asked_about(workbench: Workbench, stored: Stored) -> None:
    run = stored("random_search", RANDOM, search_events(done=7), status="running")
    async with run_shown(workbench, run, "trial 7", size=(80, 24)) as pilot:
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: f"Skip run {run}" in seen(workbench))
        with Store.open(workbench.home) as store:
            assert store.open_requests() == []
        await pilot.press("enter")
        await requested(pilot, "skip")
        # a stop can be taken back by resuming
        await pilot.press("s")
        await requested(pilot, "skip", "stop")


async def test_the_reproduction_is_asked_about(workbench: Workbench, stored: Stored) -> None:
    stored("baseline", {}, baseline_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "1 run" in flat(workbench))
        await pilot.press("x")
        await until(pilot, lambda: "Reproduce the post" in seen(workbench))
        await pilot.press("escape")
        await at_rest(pilot)
        with Store.open(workbench.home) as store:
            assert len(store.runs()) == 1


async def test_chart_keys_are_listed_and_work_as_soon_as_a_chart_is_seen(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with run_shown(workbench, run, "┤", size=(140, 45)) as pilot:
        await until(pilot, lambda: "y Log axis" in seen(workbench).splitlines()[-1])
        await pilot.press("m")
        await until(pilot, lambda: "smoothed" in seen(workbench))


async def test_chart_keys_work_while_a_table_beside_has_the_focus(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events())
    async with run_shown(workbench, run, "Best so far", size=(140, 45)) as pilot:
        await until(pilot, lambda: bool(workbench.screen.query(TrialTable)))
        workbench.screen.query_one(TrialTable).focus()
        await pilot.press("m")
        await until(pilot, lambda: "smoothed" in seen(workbench))
        assert "y Log axis" in seen(workbench).splitlines()[-1]
        # where the chart finds no room they are not offered
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "y Log axis" not in seen(workbench).splitlines()[-1])
