"""docs/keys.md is the list of keys: every binding of the workbench stands in it, and no other."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import penguin_tui

LIST = Path(__file__).parents[3] / "docs" / "keys.md"
NAMES = {
    "/": "slash", ">": "greater_than_sign", "%": "percent_sign", "+": "plus", "?": "question_mark",
    "[": "left_square_bracket", "]": "right_square_bracket", "=": "equals_sign",
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


def test_reserved_keys_are_free() -> None:
    taken = {key for _, key, _ in _bindings()}
    reserved = re.search(r"^Reserved for what comes: (.*)$", LIST.read_text("utf-8"), re.M)
    assert reserved
    keys = re.findall(r"`(.+?)`", reserved[1])
    assert keys
    assert taken.isdisjoint(NAMES.get(key, key) for key in keys)


@pytest.mark.parametrize("digit", "123456")
def test_digits_are_screens_only(digit: str) -> None:
    assert {owner for owner, key, _ in _bindings() if key == digit} == {"Workbench"}


def test_capitals_open_tabs_and_nothing_else_does() -> None:
    actions = {
        (binding.action.partition("(")[0] == "tab", len(binding.key) == 1 and binding.key.isupper())
        for owner in _owners()
        for binding in owner.BINDINGS
        if isinstance(binding, Binding)
    }
    assert actions == {(True, True), (False, False)}
