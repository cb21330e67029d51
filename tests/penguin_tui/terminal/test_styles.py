"""Styles that are looked up are those that Textual finds by comparing all rules."""

from itertools import cycle
from typing import Any

import pytest
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from penguin_tui.app.theme import THEMES
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.places import PLACES
from penguin_tui.terminal.textual_private.styles import RememberedStyles
from tests.support.screen.waiting import at_rest


async def test_every_widget_has_the_styles_that_textual_would_give_it(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await at_rest(pilot)
        for place, theme in zip(PLACES, cycle(THEMES.values()), strict=False):
            workbench.theme = theme.name
            await pilot.press(place.key, "down", "tab")
            await at_rest(pilot)
            found = _styles(workbench)
            with monkeypatch.context() as patch:
                patch.setattr(RememberedStyles, "apply", Stylesheet.apply)
                workbench.stylesheet.update(workbench)
            assert found == _styles(workbench)
            assert len(found) > 10


def _styles(app: App[Any]) -> dict[str, object]:
    """Of each node on screen, and of its parts, all rules by name."""
    return {
        f"{index} {node!r}": [_rules(node), *map(repr, _flags(node)), *_parts(node)]
        for index, node in enumerate(app.walk_children(with_self=True))
    }


def _rules(node: DOMNode) -> dict[str, object]:
    return {name: repr(value) for name, value in node.styles.get_rules().items()}


def _flags(node: DOMNode) -> list[bool]:
    return [node._has_hover_style, node._has_focus_within, node._has_order_style]


def _parts(node: DOMNode) -> list[object]:
    return [
        (name, {key: repr(value) for key, value in styles.get_rules().items()})
        for name, styles in sorted(node._component_styles.items())
    ]
