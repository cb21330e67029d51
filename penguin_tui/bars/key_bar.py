"""The footer: the keys that work right now, those of the focused widget first.

Textual's own footer mounts a widget for each key, again at every change of focus; this one
is a single row of text.
"""

from textual.binding import ActiveBinding
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen

from penguin_tui.bars.link_bar import Link, LinkBar


class KeyBar(LinkBar):
    """As many keys as fit: those of the whole workbench always, those of a group last."""

    DEFAULT_CSS = """
    KeyBar {
        background: $panel; color: $foreground 75%;
        .link-bar--key { text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        # by node and action
        self._shown: dict[tuple[object, str], Link] = {}
        # of the workbench's own keys one that finds no place here, while it is pressed
        self._hidden: tuple[Link, ...] = ()

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def link_of(self, node: DOMNode, action: str) -> Link | None:
        """The link of the key that an action is bound to; of the workbench's any that has one."""
        found = self._shown.get((node, action))
        if found is None and node is self.app:
            active = self.screen.active_bindings.values()
            hidden = (a for a in active if a.node is node and a.binding.action == action)
            self._hidden = tuple(self._link(a) for a in hidden if a.binding.id)[:1]
            found = next(iter(self._hidden), None)
        return found

    def release(self) -> None:
        """Show what is shown always."""
        self._hidden = ()
        super().release()

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
        self._shown = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and active.enabled:
                self._shown.setdefault((active.node, active.binding.action), self._link(active))
        # at the end, so that the others stay where they are
        return (*sorted(self._shown.values(), key=lambda link: link.pinned), *self._hidden)

    def _link(self, active: ActiveBinding) -> Link:
        binding = active.binding
        return Link(
            self.app.get_key_display(binding),
            binding.description,
            f"app.simulate_key({binding.key!r})",
            # the way out is seen, whatever else there is room for
            pinned=active.node is self.app or binding.key == "escape",
            # a group says what its keys are for where several do (`charts.cursor_chart.DRAWING`)
            minor=binding.group is not None,
        )
