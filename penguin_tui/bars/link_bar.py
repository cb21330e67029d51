"""One row of keys with what they do: navigation, tabs and footer. A click is as good as the key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.dom import DOMNode
from textual.style import Style
from textual.widget import Widget

# so long a link stays marked that was pressed, where what it stands for does not show by then
PRESSED_SECONDS = 1.0
# whether titles are short, and what stands after each, in the order in which they are tried
_LAYOUTS = ((False, " "), (True, " "), (True, ""))


@dataclass(frozen=True, slots=True)
class Link:
    """A key as it is written, its title, and the action of the bar's parent that it stands for.

    `short` is the title where the whole ones find no room. A `pinned` link is never dropped, a
    `minor` one before the others.
    """

    key: str
    title: str
    action: str
    short: str = ""
    pinned: bool = False
    minor: bool = False


class LinkBar(Widget):
    """Shows its links in one row, one of them marked as the current one.

    Where they do not fit, titles become short, then blanks go. Then the last links go that are not
    pinned, the minor ones first; or, of a bar with two links that `turn` to the one before and the
    next, those far from the current one, and the two stand for what is beyond either end.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"link-bar--key", "link-bar--current"}
    DEFAULT_CSS = """
    LinkBar {
        height: 1; color: $foreground 80%;
        .link-bar--key { color: $accent; }
        .link-bar--current { color: $accent; text-style: bold underline; }
    }
    """

    def __init__(
        self,
        links: Sequence[Link] = (),
        current: str = "",
        *,
        turn: tuple[Link, Link] | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._turn = turn
        self._links = tuple(links)
        self._current = current
        self._pressed = ""

    def press(self, node: DOMNode, action: str) -> bool:
        """Mark the link of this action of `node` before it has an effect; False: there is none."""
        link = self.link_of(node, action)
        if link is None or link.action == self._current:
            return False
        self._pressed = link.action
        self.refresh()
        self.set_timer(PRESSED_SECONDS, self.release, name="pressed")
        return True

    def release(self) -> None:
        """Mark the current link again, if any."""
        if self._pressed:
            self._pressed = ""
            self.refresh()

    def link_of(self, node: DOMNode, action: str) -> Link | None:
        """The link that stands for an action of `node`, as bindings write it."""
        turns = [link.action for link in self._turn or ()]
        places = [link.action for link in self._links]
        if action in turns and node is self.parent and self._current in places:
            step = (-1, 1)[turns.index(action)]
            return self._links[(places.index(self._current) + step) % len(places)]
        wanted = {f"app.{action}"} if node is self.app else {action} if node is self.parent else ()
        return next((link for link in self._links if link.action in wanted), None)

    def show(self, links: Sequence[Link], current: str = "") -> None:
        """Show these links; `current` is the action of the one to mark."""
        if (tuple(links), current) != (self._links, self._current):
            self._links, self._current, self._pressed = tuple(links), current, ""
            self.refresh()

    def render(self) -> Content:
        """The links that fit; each carries its action for a click."""
        key = self.get_visual_style("link-bar--key")
        current = self.get_visual_style("link-bar--current")
        parts = []
        for link, text in self._fitting():
            marked = link.action == (self._pressed or self._current)
            part = (
                text.stylize(current, 1, len(text.plain.rstrip()))
                if marked
                else (text.stylize(key, 1, 1 + len(link.key)))
            )
            parts.append(part.stylize(Style.from_meta({"link": link.action})))
        return Content("").join(parts)

    def _fitting(self) -> list[tuple[Link, Content]]:
        links = list(self._links)
        while True:
            for layout in _LAYOUTS:
                shown = _laid_out(links, *layout)
                if self._fits(shown):
                    return shown
            if self._turn is not None:
                return self._around_current(*self._turn)
            loose = [link for link in reversed(links) if not link.pinned]
            if not loose:
                return shown
            links.remove(next((link for link in loose if link.minor), loose[0]))

    def _fits(self, shown: "list[tuple[Link, Content]]") -> bool:
        return sum(text.cell_length for _, text in shown) <= self.size.width

    def _around_current(self, back: Link, on: Link) -> list[tuple[Link, Content]]:
        """As many links as fit beside the current one, of those the first; in short titles."""
        before, *own, behind = _laid_out((back, *self._links, on), True, " ")
        place = next((n for n, (link, _) in enumerate(own) if link.action == self._current), 0)
        for first in range(place + 1):
            for last in range(len(own), place, -1):
                left = [before] if first else []
                right = [behind] if last < len(own) else []
                shown = [*left, *own[first:last], *right]
                if self._fits(shown):
                    return shown
        return [own[place]]

    async def on_click(self, event: events.Click) -> None:
        """Do what the link under the mouse stands for."""
        action = event.style.meta.get("link")
        if action is not None:
            await self.app.run_action(action, self.parent)


def _laid_out(links: Sequence[Link], short: bool, gap: str) -> list[tuple[Link, Content]]:
    titles = ((link, (short and link.short) or link.title) for link in links)
    return [(link, Content(f" {link.key} {title}{gap}")) for link, title in titles]
