"""Text that changes while it is looked at."""

from textual.visual import VisualType
from textual.widgets import Static


class SteadyText(Static):
    """A `Static` whose new text lays the screen out again only where it takes other lines.

    To lay it out is to draw every widget again, which takes longer than all that a key changes.
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text."""
        super().update(content, layout=False)
        now = self.content_size
        if layout and self.get_content_height(self.container_size, self.app.size, now.width) != (
            now.height or None
        ):
            self.refresh(layout=True)
