"""The footer: the keys that work right now, those of the focused widget first.

Textual's own footer mounts a widget for each key and does so anew at every
change of focus; this one is a single row of text.
"""

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget


class KeyBar(Widget):
    """One row: key and what it does. A click is as good as the key."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key"}
    DEFAULT_CSS = """
    KeyBar {
        height: 1;
        dock: bottom;
        background: $panel;
        color: $foreground 75%;
        .key-bar--key { color: $accent; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[tuple[str, str, str]] = []

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen and self._collect() != self._shown:
            self.refresh()

    def _collect(self) -> list[tuple[str, str, str]]:
        shown: list[tuple[str, str, str]] = []
        last: list[tuple[str, str, str]] = []
        actions = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled or (active.node, binding.action) in actions:
                continue
            actions.add((active.node, binding.action))
            entry = (binding.key, self.app.get_key_display(binding), binding.description)
            (last if active.node is self.app else shown).append(entry)
        return shown + last

    def render(self) -> Content:
        """As many keys as fit."""
        self._shown = self._collect()
        style = self.get_visual_style("key-bar--key")
        parts: list[Content] = []
        width = 0
        for _, display, description in self._shown:
            part = Content.assemble(" ", (display, style), " ", description, " ")
            width += part.cell_length
            if width > self.size.width:
                break
            parts.append(part)
        return Content("").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        offset = 0
        for key, display, description in self._shown:
            offset += Content(f" {display} {description} ").cell_length
            if event.x < offset:
                self.app.simulate_key(key)
                return
