"""Partial repaints that write the changed cells only.

Textual knows which spans of a row have changed, but writes each from the left
edge of its widget on, once for every span. For a chart over a slow line that is
most of what is sent. This writes each span from its own first cell.
"""

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor


class SpansUpdate(ChopsUpdate):
    """An update of the screen that writes exactly its spans."""

    def render_segments(self, console: Console) -> str:
        """The update as terminal sequences."""
        written: list[str] = []
        for y, start, end in self.spans:
            for stop, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=True):
                left, right = max(x, start), min(stop, end)
                if strip is None or left >= right:
                    continue
                written.append(Control.move_to(left, y).segment.text)
                written.append(strip.crop(left - x, right - x).render(console))
        return "".join(written)


class SpansCompositor(Compositor):
    """A compositor whose partial updates are `SpansUpdate`s."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What has changed since the last update, or None."""
        update = super().render_partial_update()
        if update is None or not update.spans:
            return update
        return SpansUpdate(update.chops, update.spans, update.chop_ends)
