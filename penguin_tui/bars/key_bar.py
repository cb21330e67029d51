"""The footer: the keys that work right now, those of the focused widget first.

Textual's own footer mounts a widget for each key and does so anew at every
change of focus; this one is a single row of text.
"""

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

# key, how it is written, what it does
Key = tuple[str, str, str]


class KeyBar(Widget):
    """One row: key and what it does. A click is as good as the key."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key"}
    DEFAULT_CSS = """
    KeyBar {
        height: 1;
        background: $panel;
        color: $foreground 75%;
        .key-bar--key { color: $accent; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[Key] = []
        self._fixed = 0
        self._places: list[tuple[int, str]] = []

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen and self._collect() != self._keys:
            self.refresh()

    def _collect(self) -> list[Key]:
        shown: list[Key] = []
        last: list[Key] = []
        actions = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled or (active.node, binding.action) in actions:
                continue
            actions.add((active.node, binding.action))
            entry = (binding.key, self.app.get_key_display(binding), binding.description)
            (last if active.node is self.app else shown).append(entry)
        self._fixed = len(last)
        return shown + last

    def render(self) -> Content:
        """As many keys as fit; those of the whole workbench always."""
        self._keys = self._collect()
        style = self.get_visual_style("key-bar--key")
        parts = [
            (key, Content.assemble(" ", (display, style), " ", description, " "))
            for key, display, description in self._keys
        ]
        while len(parts) > self._fixed and _width(parts) > self.size.width:
            del parts[-self._fixed - 1]
        self._places = []
        end = 0
        for key, part in parts:
            end += part.cell_length
            self._places.append((end, key))
        return Content("").join(part for _, part in parts)

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        for end, key in self._places:
            if event.x < end:
                self.app.simulate_key(key)
                return


def _width(parts: list[tuple[str, Content]]) -> int:
    return sum(part.cell_length for _, part in parts)
