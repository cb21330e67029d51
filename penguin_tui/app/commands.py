"""The command palette: every key that works here by its name, places, themes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from textual.app import App, SystemCommand
from textual.screen import Screen

from penguin_tui.app.theme import THEMES
from penguin_tui.screens.places import PLACES

_ALREADY_NAMED = ("go(", "command_palette", "leave")


def commands(app: App[Any], screen: Screen[Any]) -> Iterator[SystemCommand]:
    """What can be done on a screen now."""
    for place in PLACES:
        yield SystemCommand(
            f"Go to {place.title}", place.tooltip, _act(app, app, place.link.action)
        )
    for title, theme in THEMES.items():
        yield SystemCommand(
            f"Theme: {title.lower()}", "Colours of the workbench.", _theme(app, theme.name)
        )
    yield SystemCommand(
        "Save a picture of this screen",
        "An SVG file in the folder you started from.",
        lambda: app.set_timer(0.2, lambda: _save_picture(app)),
    )
    named: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or not active.enabled or binding.description in named:
            continue
        if binding.action.startswith(_ALREADY_NAMED):
            continue
        named.add(binding.description)
        key = app.get_key_display(binding)
        help_text = f"{binding.tooltip} (key: {key})" if binding.tooltip else f"Key: {key}"
        yield SystemCommand(binding.description, help_text, _act(app, active.node, binding.action))


def _theme(app: App[Any], name: str) -> Callable[[], None]:
    def choose() -> None:
        app.theme = name

    return choose


def _act(app: App[Any], node: Any, action: str) -> Callable[[], object]:
    async def act() -> None:
        await app.run_action(action, node)

    return act


def _save_picture(app: App[Any]) -> None:
    try:
        path = app.save_screenshot(path=str(Path.cwd()))
    except OSError as error:
        app.notify(f"The picture could not be saved: {error.strerror}.", severity="error")
    else:
        app.notify(f"Saved: {path}")
