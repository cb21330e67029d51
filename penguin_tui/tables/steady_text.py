"""Text that changes while it is looked at."""

from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static


class SteadyText(Static):
    """A `Static` whose new text lays the screen out again only where it takes other lines.

    To lay it out is to draw every widget again, which takes longer than all that a key changes.
    The same text once more changes nothing.
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text."""
        if _same(self.content, content):
            return
        super().update(content, layout=False)
        now = self.content_size
        if layout and self.get_content_height(self.container_size, self.app.size, now.width) != (
            now.height or None
        ):
            self.refresh(layout=True)


def _same(before: VisualType, after: VisualType) -> bool:
    if isinstance(before, Content) and isinstance(after, Content):
        return before.is_same(after)
    return isinstance(before, str) and before == after
