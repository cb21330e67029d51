"""The footer: the keys that work right now, those of the focused widget first.

Textual's own footer mounts a widget for each key, again at every change of focus; this one
is a single row of text.
"""

from textual.content import Content
from textual.screen import Screen

from penguin_tui.bars.link_bar import Link, LinkBar


class KeyBar(LinkBar):
    """As many keys as fit; those of the whole workbench always."""

    DEFAULT_CSS = """
    KeyBar {
        background: $panel; color: $foreground 75%;
        .link-bar--key { text-style: bold; }
    }
    """

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def render(self) -> Content:
        """Collected here and not on mounting, when the screen is not ready to be asked."""
        if self.screen.is_current:
            # under a window, actions of the screen would be looked up on the window
            self._links = self._collect()
        return super().render()

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.show(self._collect())

    def _collect(self) -> tuple[Link, ...]:
        found: dict[object, Link] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled:
                found.setdefault(
                    (active.node, binding.action),
                    Link(
                        self.app.get_key_display(binding),
                        binding.description,
                        f"app.simulate_key({binding.key!r})",
                        # the way out is seen, whatever else there is room for
                        pinned=active.node is self.app or binding.key == "escape",
                    ),
                )
        return tuple(sorted(found.values(), key=lambda link: link.pinned))
