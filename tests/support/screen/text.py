"""What a person sees."""

from typing import Any

from textual.app import App

from penguin_tui.terminal.gate import visible


def seen(app: App[Any]) -> str:
    """The text of the whole screen, line by line, as the gate lets it through."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(visible(line.text).rstrip() for line in lines)


def flat(app: App[Any]) -> str:
    """The same on one line, for sentences that are wrapped."""
    return " ".join(seen(app).split())
