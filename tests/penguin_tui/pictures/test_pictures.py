"""Figures in the terminal: as large as there is room, drawn behind the frame, gone with it."""

import re
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import EngineError
from penguin_tui.app.workbench import Workbench
from penguin_tui.pictures import screen as pictures_screen
from penguin_tui.pictures.encoding import TerminalPicture, not_shown, terminal_picture
from penguin_tui.pictures.screen import FiguresScreen
from penguin_tui.screens.runs.screen import RunsScreen
from penguin_tui.terminal.graphics import Graphics, kitty_removed
from tests.support.screen.text import seen
from tests.support.screen.waiting import until


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    path = tmp_path / "1-confusion.png"
    picture = Image.new("RGB", (600, 400), "white")
    picture.paste((0, 114, 178), (100, 100, 300, 300))
    picture.save(path)
    return path


def test_a_picture_is_scaled_to_the_cells_and_keeps_its_shape(chart: Path) -> None:
    found = terminal_picture(Graphics("kitty", (10, 20)), chart, 7, 40, 40)
    # 400 x 267 pixels
    assert (found.columns, found.rows) == (40, 13)
    assert found.sequence.startswith("\x1b_Ga=T,f=100,i=7,p=1,c=40,r=13,")
    # never larger than it was drawn
    assert terminal_picture(Graphics("kitty", (10, 20)), chart, 7, 200, 90).columns == 60
    low = terminal_picture(Graphics("sixel", (10, 20)), chart, 7, 200, 10)
    assert (low.columns, low.rows) == (30, 10)
    assert low.sequence.startswith("\x1bP")
    assert '"1;1;300;200' in low.sequence
    # a terminal as old as sixel keeps 16 colours
    defined = re.findall(r"#(\d+);2;\d+;\d+;\d+#(\d+)", low.sequence)
    assert {first for first, _ in defined} <= set(map(str, range(16)))
    assert all(first == again for first, again in defined)


def test_what_is_no_picture_is_said_and_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "no.png"
    path.write_text("text")
    with pytest.raises(EngineError, match=r"no\.png cannot be read"):
        terminal_picture(Graphics("kitty"), path, 1, 10, 10)
    assert not_shown(Graphics("kitty")) is None
    assert not_shown(Graphics()) == ""
    assert not_shown(Graphics("sixel")) is None
    monkeypatch.setattr("penguin_tui.pictures.encoding.find_spec", lambda name: None)
    assert "penguin-tui[images]" in (not_shown(Graphics("sixel")) or "")


async def test_figures_are_turned_by_keys_and_leave_nothing_behind(
    workbench: Workbench, chart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    asked: list[tuple[str, int, int]] = []

    def encoded(
        graphics: Graphics, path: Path, number: int, columns: int, rows: int
    ) -> TerminalPicture:
        asked.append((path.name, columns, rows))
        return TerminalPicture(f"<{path.stem}>", 20, 6)

    monkeypatch.setattr(pictures_screen, "terminal_picture", encoded)
    monkeypatch.setattr(workbench, "to_terminal", sent.append)
    other = chart.with_name("1-reliability.png")
    other.write_bytes(chart.read_bytes())
    gone = kitty_removed(pictures_screen.NUMBER)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        screen = FiguresScreen([chart, other], Graphics("kitty"), ["confusion: 3 rows left out"])
        await workbench.push_screen(screen)
        await until(pilot, lambda: any("<1-confusion>" in one for one in sent))
        assert "1/2" in seen(workbench)
        # a long one is on two lines
        assert str(chart) in "".join(seen(workbench).split())
        assert "B to show" in seen(workbench)
        assert "3 rows left out" in seen(workbench)
        # in the middle of the room between the bars
        where = next(one for one in sent if "<1-confusion>" in one)
        assert re.match(r"\x1b\[\d+;31H<", where)
        await pilot.press("right")
        await until(pilot, lambda: any("<1-reliability>" in one for one in sent))
        assert sent[-2] == gone
        assert "3 rows left out" not in seen(workbench)
        # what covers it is not drawn upon, and it comes back
        await pilot.press("question_mark")
        await until(pilot, lambda: sent[-1] == gone)
        await pilot.press("escape")
        await until(pilot, lambda: "<1-reliability>" in sent[-1])
        # another size is another picture
        await pilot.resize_terminal(140, 45)
        await until(pilot, lambda: asked[-1][1] > 120)
        await until(pilot, lambda: "<1-reliability>" in sent[-1])
        await pilot.press("escape")
        await until(pilot, lambda: workbench.screen is not screen)
        await until(pilot, lambda: sent[-1] == gone)


async def test_a_hole_that_a_message_cuts_is_mended_once_it_has_gone(
    workbench: Workbench, chart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    picture = TerminalPicture("<picture>", 78, 18)
    monkeypatch.setattr(pictures_screen, "terminal_picture", lambda *_: picture)
    monkeypatch.setattr(workbench, "to_terminal", sent.append)
    async with workbench.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        await workbench.push_screen(FiguresScreen([chart], Graphics("sixel")))
        await until(pilot, lambda: len(sent) == 1)
        workbench.notify("Run 2 is done")
        await until(pilot, lambda: workbench.screen.query("Toast"))
        # what a terminal would have been sent of it, which a test has none of
        workbench.frame.written(20, 18, 50)
        workbench.displayed()
        await pilot.pause()
        assert len(sent) == 1
        workbench.clear_notifications()
        await until(pilot, lambda: not workbench.screen.query("Toast"))
        workbench.frame.written(20, 18, 50)
        workbench.displayed()
        await until(pilot, lambda: len(sent) == 2)
        # text beside it leaves it alone
        workbench.frame.written(0, 0, 80)
        workbench.displayed()
        await pilot.pause()
        assert len(sent) == 2
