"""The guide on a screen: put there and taken away, and the room that it leaves the screen."""

from textual.screen import Screen

from penguin_tui.guide.pane import GuidePane

# columns of the guide beside a screen, and those of a terminal that has room for both
BESIDE, BOTH = 48, 130


async def show_guide(screen: Screen[object], *, wanted: bool) -> GuidePane | None:
    """Show the guide beside the body of a screen, or take it away; returns it where it is shown.

    Beside the guide the screen is laid out as in a terminal that lacks the guide's columns.
    """
    pane, middle = next(iter(screen.query(GuidePane)), None), screen.query_one("#middle")
    if not wanted:
        if pane is not None:
            pane.leave()
            await pane.remove()
        middle.remove_class("-beside", "-in-guide")
        _lay_out(screen, screen.size.width)
        return None
    if pane is None:
        pane = GuidePane()
        await middle.mount(pane)
    beside = screen.size.width >= BOTH
    middle.set_class(beside, "-beside")
    pane.styles.width = BESIDE if beside else "100%"
    _lay_out(screen, screen.size.width - BESIDE * beside)
    return pane


def _lay_out(screen: Screen[object], columns: int) -> None:
    """Give the screen the class of so many columns, which Textual gives it by the terminal's."""
    points = screen.HORIZONTAL_BREAKPOINTS or []
    _, chosen = max((point for point in points if point[0] <= columns), default=(0, ""))
    for _, name in points:
        screen.set_class(name == chosen, name)
