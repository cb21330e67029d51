"""One row of keys with what they do: navigation, tabs and footer. A click is as good as the key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

# whether titles are short, and what stands after each, in the order in which they are tried
_LAYOUTS = ((False, " "), (True, " "), (True, ""))


@dataclass(frozen=True, slots=True)
class Link:
    """A key as it is written, its title, and the action of the bar's parent that it stands for.

    `short` is the title where the whole ones find no room. A `pinned` link is never dropped.
    """

    key: str
    title: str
    action: str
    short: str = ""
    pinned: bool = False


class LinkBar(Widget):
    """Shows its links in one row, one of them marked as the current one.

    Where they do not fit, titles become short, then blanks go, then the last links that are
    not pinned.
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
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._links = tuple(links)
        self._current = current

    def show(self, links: Sequence[Link], current: str = "") -> None:
        """Show these links; `current` is the action of the one to mark."""
        if (tuple(links), current) != (self._links, self._current):
            self._links, self._current = tuple(links), current
            self.refresh()

    def render(self) -> Content:
        """The links that fit; each carries its action for a click."""
        key = self.get_visual_style("link-bar--key")
        current = self.get_visual_style("link-bar--current")
        parts = []
        for link, text in self._fitting():
            marked = link.action == self._current
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
            for short, gap in _LAYOUTS:
                texts = [
                    Content(f" {link.key} {(short and link.short) or link.title}{gap}")
                    for link in links
                ]
                if sum(text.cell_length for text in texts) <= self.size.width:
                    return list(zip(links, texts, strict=True))
            dropped = next((link for link in reversed(links) if not link.pinned), None)
            if dropped is None:
                return list(zip(links, texts, strict=True))
            links.remove(dropped)

    async def on_click(self, event: events.Click) -> None:
        """Do what the link under the mouse stands for."""
        action = event.style.meta.get("link")
        if action is not None:
            await self.app.run_action(action, self.parent)
