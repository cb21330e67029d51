"""A bar of tabs shows the current one and the way to the others, however narrow it is."""

import pytest
from textual.app import App, ComposeResult

from penguin_tui.bars.link_bar import Link, LinkBar

TITLES = ("Trials", "Progress", "Importance", "Nested", "Summary", "Confusion", "Checks", "Log")
TURN = Link("[", "‹", "turn(-1)"), Link("]", "›", "turn(1)")
ALL = " T Trials  P Progress  I Importance  N Nested  S Summary  C Confusion  C Checks  L Log"


class Bar(App[None]):
    """Nothing but the bar."""

    def __init__(self, current: str) -> None:
        super().__init__()
        self.current = current

    def compose(self) -> ComposeResult:
        links = [Link(title[0], title, title) for title in TITLES]
        yield LinkBar(links, self.current, turn=TURN)


@pytest.mark.parametrize(
    ("current", "width", "shown"),
    [
        ("Trials", 90, ALL),
        ("Trials", 40, " T Trials  P Progress  ] ›"),
        ("Summary", 40, " [ ‹  N Nested  S Summary  ] ›"),
        ("Log", 40, " [ ‹  C Confusion  C Checks  L Log"),
        ("Summary", 12, " S Summary"),
    ],
)
async def test_tabs_that_find_no_room_are_behind_the_ends(
    current: str, width: int, shown: str
) -> None:
    async with Bar(current).run_test(size=(width, 3)) as pilot:
        assert pilot.app.query_one(LinkBar).render_line(0).text.rstrip() == shown
