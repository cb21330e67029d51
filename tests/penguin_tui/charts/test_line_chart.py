"""A chart as a widget: its keys, and its size."""

from textual.app import App, ComposeResult

from penguin_tui.charts.line_chart import LineChart
from tests.support.screen.series import line


class ChartApp(App[None]):
    def compose(self) -> ComposeResult:
        yield LineChart("Loss", empty="No epoch yet.")


async def test_keys_change_the_view_and_the_value_under_the_cursor() -> None:
    app = ChartApp()
    async with app.run_test(size=(80, 20)) as pilot:
        found = app.query_one(LineChart)
        found.show([line([0.9, 0.8, 0.7, 0.6])])
        found.focus()
        await pilot.pause()
        assert "training 0.6000" in found.shown_text()
        await pilot.press("left", "left")
        assert "training 0.7000" in found.shown_text()
        await pilot.press("home")
        assert "training 0.9000" in found.shown_text()
        await pilot.press("y", "m")
        assert "log axis · smoothed" in found.shown_text()
        await pilot.press("escape", "y", "m")
        assert "at 1" not in found.shown_text()
        assert "log axis" not in found.shown_text()


async def test_zoom_goes_through_fewer_of_the_last_epochs() -> None:
    app = ChartApp()
    async with app.run_test(size=(80, 20)) as pilot:
        found = app.query_one(LineChart)
        found.show([line([1.0] * 150)])
        found.focus()
        await pilot.press("z")
        assert "last 100" in found.shown_text()
        await pilot.press("z")
        assert "last 20" in found.shown_text()
        await pilot.press("z")
        assert "last" not in found.shown_text()


async def test_a_chart_follows_its_size() -> None:
    app = ChartApp()
    async with app.run_test(size=(80, 20)) as pilot:
        found = app.query_one(LineChart)
        found.show([line([1.0, 2.0, 3.0])])
        for width, height in ((60, 18), (140, 45), (8, 6), (80, 24)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            lines = found.shown_text().split("\n")
            assert len(lines) == height
            assert max(map(len, lines)) <= width
