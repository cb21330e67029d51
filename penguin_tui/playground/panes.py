"""What the networks of the playground do, in tabs: their regions, their curves, a row."""

from collections.abc import Iterable

from textual.containers import Container, Vertical
from textual.widget import Widget

from engine.results.playground import PlaygroundAnswer
from penguin_tui.bars.link_bar import Link, LinkBar
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.region_chart import RegionChart
from penguin_tui.playground.curve import show_curve
from penguin_tui.playground.row_pane import RowPane

# key, name of the pane, title
TABS = (("X", "regions", "Regions"), ("C", "curve", "Curves"), ("J", "row", "Predict"))


class PlaygroundPanes(Vertical):
    """One pane is seen at a time; `tab` is its name."""

    DEFAULT_CSS = "PlaygroundPanes #panes { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.tab = TABS[0][1]

    def compose(self) -> Iterable[Widget]:
        """The tabs, and a pane for each."""
        yield LinkBar(id="tabs")
        with Container(id="panes"):
            yield RegionChart(id="regions")
            yield LineChart("Accuracy", empty="", unit="%", id="curve")
            yield RowPane(id="row")

    def on_mount(self) -> None:
        """Show the first tab."""
        self.bring_up(self.tab)

    def bring_up(self, tab: str) -> None:
        """Show a tab."""
        self.tab = tab
        for _, name, _ in TABS:
            self.query_one(f"#{name}").display = name == tab
        links = [Link(key, title, f"screen.tab('{name}')") for key, name, title in TABS]
        self.query_one(LinkBar).show(links, f"screen.tab('{tab}')")

    def neighbour(self, step: int) -> str:
        """The tab so many places further, round the edge."""
        names = [name for _, name, _ in TABS]
        return names[(names.index(self.tab) + step) % len(names)]

    def show(self, answer: PlaygroundAnswer) -> None:
        """Draw what is seen of the answer."""
        if self.tab == "regions":
            self.query_one(RegionChart).show(answer, "Regions")
        elif self.tab == "row":
            self.query_one(RowPane).show(answer)
        else:
            show_curve(self.query_one(LineChart), answer)
