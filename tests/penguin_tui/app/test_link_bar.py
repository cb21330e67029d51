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


class Footer(App[None]):
    """Keys of a chart, of a run and of the workbench."""

    def compose(self) -> ComposeResult:
        links = (
            Link("y", "Log axis", "log_axis", minor=True), Link("z", "Zoom", "zoom", minor=True),
            Link("s", "Stop", "stop"), Link("p", "Pause", "pause"),
            Link("q", "Quit", "quit", pinned=True),
        )  # fmt: skip
        yield LinkBar(links)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (42, " y Log axis  z Zoom  s Stop  p Pause  q Quit"),
        (34, " y Log axis s Stop p Pause q Quit"),
        (23, " s Stop p Pause q Quit"),
        (16, " s Stop  q Quit"),
        (4, " q Quit"),
    ],
)
async def test_what_only_changes_a_drawing_goes_before_what_ends_the_work(
    width: int, shown: str
) -> None:
    async with Footer().run_test(size=(width, 3)) as pilot:
        found = pilot.app.query_one(LinkBar).render().plain
        assert found.split() == shown.split()
