"""What a person sees."""

from textual.app import App


def seen(app: App[object]) -> str:
    """The text of the whole screen, line by line."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines)
