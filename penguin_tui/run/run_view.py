"""The one view of a run, live or finished: a head, and tabs below it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, Protocol, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from engine.kinds import varies
from engine.results import Scored
from engine.runs.state import RunState
from engine.specs import InvalidSpec, RunSpec, VaryingSpec
from engine.store import RunRecord
from penguin_tui.presentation.best_settings import chosen_settings, train_spec
from penguin_tui.presentation.words import TELLING, evaluated
from penguin_tui.run.confusion_matrix import ConfusionMatrix
from penguin_tui.run.curves import Curves
from penguin_tui.run.log_pane import LogPane
from penguin_tui.run.progress_line import ProgressLine
from penguin_tui.run.reproduction_pane import PartsPane
from penguin_tui.run.result_tables import CoefficientTable, LayerTable, MisclassifiedTable
from penguin_tui.run.run_actions import Request, resume_wish, stop_wish
from penguin_tui.run.summary import Summary
from penguin_tui.run.trial_chosen import TrialChosen


class Pane(Protocol):
    """What a tab shows: any widget that takes a record and its state."""

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of the run."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its key, its title, and how its pane is made when it is first shown."""

    name: str
    key: str
    title: str
    make: Callable[[], Widget]
    short: str = ""


def _imported(module: str, name: str) -> Callable[[], Widget]:
    """A pane whose module is loaded when it is first shown."""

    def make() -> Widget:
        pane: Widget = getattr(import_module(f"penguin_tui.{module}"), name)()
        return pane

    return make


class Confusion(Vertical):
    """The confusion matrix, with a word where there is none yet."""

    DEFAULT_CSS = "Confusion { height: 1fr; padding: 0 1; }"

    def compose(self) -> ComposeResult:
        """The matrix."""
        yield ConfusionMatrix()

    def show(self, record: RunRecord, state: RunState) -> None:
        """The matrix of the set that says most first."""
        result = state.result if isinstance(state.result, Scored) else None
        part = None
        if result is not None and not self._chosen(result):
            part = next(name for name in TELLING if getattr(result.confusion, name) is not None)
        self.query_one(ConfusionMatrix).show(
            result.confusion if result else None,
            part,
            evaluated(record.test_evaluations) if record.test_evaluations else "",
        )

    def _chosen(self, result: Scored) -> bool:
        """Whether this result's matrix is shown already, in the set the person chose."""
        seen, self._seen = getattr(self, "_seen", None), result
        return seen is result


CURVES = Tab("curves", "c", "Curves", Curves)
LOG = Tab("log", "o", "Log", LogPane)
SUMMARY = Tab("summary", "u", "Summary", Summary)
CONFUSION = Tab("confusion", "x", "Confusion", Confusion, "Matrix")
WRONG = Tab("misclassified", "w", "Misclassified", MisclassifiedTable, "Errors")
LAYERS = Tab("layers", "a", "Layers", LayerTable)
PARTS = Tab("parts", "b", "Parts", PartsPane)
COEFFICIENTS = Tab("coefficients", "f", "Coefficients", CoefficientTable)
SWEEP = Tab("sweep", "c", "Chart", _imported("sweep.sweep_view", "SweepPane"))
POINTS = Tab("points", "d", "Points", _imported("sweep.sweep_view", "PointsPane"))
TRIALS = Tab("trials", "c", "Trials", _imported("search.search_view", "TrialsPane"))
PROGRESS = Tab(
    "progress", "e", "Progress", _imported("search.search_view", "ProgressPane"), "Curves"
)
BRACKETS = Tab(
    "brackets", "h", "Brackets", _imported("search.bracket_tree", "BracketPane"), "Rungs"
)
VARIED = Tab("varied", "i", "Importance", _imported("search.search_view", "VariedPane"))
TRIAL_LOG = Tab("trial_log", "o", "Log", _imported("search.trial_log", "TrialLog"))
RESULTS = (SUMMARY, CONFUSION, WRONG, LAYERS, TRIAL_LOG)
TABS: dict[str, tuple[Tab, ...]] = {
    "sweep": (SWEEP, POINTS, *RESULTS),
    "random_search": (TRIALS, PROGRESS, VARIED, *RESULTS),
    "grid_search": (TRIALS, PROGRESS, VARIED, *RESULTS),
    "hyperband": (TRIALS, BRACKETS, PROGRESS, VARIED, *RESULTS),
    "train": (CURVES, LOG, SUMMARY, CONFUSION, WRONG, LAYERS),
    "reproduce": (PARTS, LOG),
    "baseline": (SUMMARY, CONFUSION, COEFFICIENTS, WRONG, LOG),
}
OTHER: tuple[Tab, ...] = (SUMMARY, LOG)
ALL_TABS = {tab.name: tab for tabs in (*TABS.values(), OTHER) for tab in tabs}


class RunView(Vertical, can_focus=True):
    """Shows whatever run it is given by `show`, as often as something changes."""

    BINDING_GROUP_TITLE = "Run"
    # it has the tabs of every kind of run
    HELP_OF_THE_MOMENT = True
    DEFAULT_CSS = """
    RunView { height: 1fr; }
    RunView #pane { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "ask('stop')", "Stop", id="run.stop",
                tooltip="Stop the run; what was learnt until then is kept. Kills one that does not"
                " stop for five seconds."),
        Binding("p", "ask('pause')", "Pause", id="run.pause",
                tooltip="Let the run wait."),
        Binding("p", "ask('resume')", "Go on", id="run.resume",
                tooltip="Let the run go on that waits or was cut off."),
        Binding("t", "to_train", "To Train", id="run.to_train",
                tooltip="Put the best settings into the Train form."),
        Binding("k", "ask('skip')", "Skip", show=False, id="run.skip",
                tooltip="Skip the candidate at work; the others go on."),
        *(
            Binding(tab.key, f"tab('{tab.name}')", tab.title, show=False, id=f"run.{tab.name}")
            for tab in ALL_TABS.values()
        ),
        Binding("right_square_bracket", "turn(1)", "Next tab", show=False, key_display="]",
                id="run.next_tab", tooltip="Go to the next tab."),
        Binding("left_square_bracket", "turn(-1)", "Previous tab", show=False, key_display="[",
                id="run.previous_tab", tooltip="Go to the tab before."),
    ]  # fmt: skip

    class Asked(Message):
        """The person asks something of the run."""

        def __init__(self, run: int, what: Request) -> None:
            super().__init__()
            self.run = run
            self.what = what

    class ToTrain(Message):
        """The person wants a candidate's settings in the Train form."""

        def __init__(self, spec: RunSpec) -> None:
            super().__init__()
            self.spec = spec

    def __init__(
        self,
        *,
        next_step: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._next_step = next_step
        self.record: RunRecord | None = None
        self.state = RunState()
        self.tab = ""
        self._behind = False
        self._panes: dict[str, Widget] = {}

    def compose(self) -> ComposeResult:
        """Head, tabs, pane."""
        yield ProgressLine(self._next_step)
        yield TabRow()
        yield Container(id="pane")

    def on_mount(self) -> None:
        """Show what was given before there was anything to show it in."""
        self.catch_up()

    # -- for screens --------------------------------------------------------------------------

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of a run; another run begins on its first tab."""
        self.record, self.state = record, state
        if not (self.is_mounted and self.screen.is_current):
            # nobody sees it; `catch_up` draws what has been missed
            self._behind = True
            return
        self._behind = False
        tabs = self.tabs
        if self.tab not in (tab.name for tab in tabs):
            self.tab = ""
        self.query_one(ProgressLine).show(record, state)
        if not self.tab:
            first = tabs[0]
            if first is CURVES and not (record.live or len(state.curve)):
                # there are no curves; the log says what there was
                first = LOG
            self.tab = first.name
            self.call_later(self._open, first)
        self.query_one(TabRow).show(tabs, self.tab)
        self._show_pane()
        self.refresh_bindings()

    def catch_up(self) -> None:
        """Show what came while the screen was not to be seen."""
        if self._behind and self.record is not None:
            self.show(self.record, self.state)

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs of this kind of run."""
        return TABS.get(self.record.kind if self.record else "", OTHER)

    # -- tabs -----------------------------------------------------------------------------------

    async def _open(self, tab: Tab) -> None:
        self.tab = tab.name
        self.query_one(TabRow).show(self.tabs, tab.name)
        if tab.name not in self._panes:
            pane = tab.make()
            await self.query_one("#pane").mount(pane)
            self._panes[tab.name] = pane
        for name, pane in self._panes.items():
            pane.display = name == tab.name
        self._show_pane()

    def _show_pane(self) -> None:
        pane = self._panes.get(self.tab)
        if pane is not None and self.record is not None:
            cast(Pane, pane).show(self.record, self.state)

    def focus_pane(self) -> None:
        """Give the keys to what can be scrolled in the present tab."""
        pane = self._panes.get(self.tab)
        found = [w for w in (pane, *pane.query("*")) if w.focusable] if pane is not None else []
        (found[0] if found else self).focus(scroll_visible=False)

    async def action_tab(self, name: str) -> None:
        """Show a tab."""
        await self._open(ALL_TABS[name])
        self.focus_pane()

    async def action_turn(self, step: int) -> None:
        """Go to the next tab or the one before."""
        names = [tab.name for tab in self.tabs]
        await self.action_tab(names[(names.index(self.tab) + step) % len(names)])

    async def on_tab_row_chosen(self, event: "TabRow.Chosen") -> None:
        """A tab was clicked."""
        event.stop()
        await self.action_tab(event.name)

    # -- requests -------------------------------------------------------------------------------

    def action_ask(self, what: Request) -> None:
        """Pass a wish on to the screen."""
        if self.record is not None:
            wish = self._wish(what)
            if wish is not None:
                self.post_message(self.Asked(self.record.id, wish))

    def _wish(self, what: object) -> Request | None:
        """What a key asks for as the run stands; None where it makes no sense."""
        record = self.record
        if record is None:
            return None
        if what == "skip":
            return "skip" if varies(record.kind) and record.status == "running" else None
        if what == "pause":
            return "pause" if record.status == "running" else None
        return stop_wish(record) if what == "stop" else resume_wish(record)

    def action_to_train(self) -> None:
        """The chosen settings, or the best so far, into the Train form."""
        settings = chosen_settings(self.state)
        if settings is not None:
            self._to_train(settings)

    def on_trial_chosen(self, message: TrialChosen) -> None:
        """The settings of a candidate into the Train form."""
        message.stop()
        self._to_train(message.settings)

    def _to_train(self, settings: dict[str, Any]) -> None:
        spec = self.record.spec if self.record is not None else None
        if isinstance(spec, VaryingSpec):
            try:
                self.post_message(self.ToTrain(train_spec(spec, settings)))
            except InvalidSpec as error:
                self.notify(str(error), severity="error", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now."""
        record = self.record
        if record is None:
            return False
        if action == "ask":
            return self._wish(parameters[0]) is not None
        if action == "to_train":
            return varies(record.kind) and chosen_settings(self.state) is not None
        if action == "tab":
            return any(tab.name == parameters[0] for tab in self.tabs)
        return True


class TabRow(Widget):
    """One row with the tabs and their keys; a click opens one."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab-row--key", "tab-row--current"}
    DEFAULT_CSS = """
    TabRow {
        height: 1; color: $foreground 80%;
        .tab-row--key { color: $accent; }
        .tab-row--current { color: $accent; text-style: bold underline; }
    }
    """

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__()
        self._tabs: tuple[Tab, ...] = ()
        self._current = ""

    def show(self, tabs: tuple[Tab, ...], current: str) -> None:
        """Show these tabs, one of them marked."""
        if (tabs, current) != (self._tabs, self._current):
            self._tabs, self._current = tabs, current
            self.refresh()

    def _titles(self) -> list[str]:
        """The titles as far as there is room: the short ones before any is cut off."""
        titles = [tab.title for tab in self._tabs]
        if sum(len(title) + 4 for title in titles) > self.size.width:
            return [tab.short or tab.title for tab in self._tabs]
        return titles

    def _room(self, titles: list[str]) -> int:
        """Blanks behind a title."""
        return 1 if sum(len(title) + 4 for title in titles) <= self.size.width else 0

    def render(self) -> Content:
        """The tabs and their keys."""
        key = self.get_visual_style("tab-row--key")
        mark = self.get_visual_style("tab-row--current")
        titles = self._titles()
        gap = " " * self._room(titles)
        parts = []
        for tab, title in zip(self._tabs, titles, strict=True):
            if tab.name == self._current:
                parts.append(Content.assemble(" ", (f"{tab.key} {title}", mark), gap))
            else:
                parts.append(Content.assemble(" ", (tab.key, key), f" {title}", gap))
        return Content("").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Open the tab under the mouse."""
        end = 0
        titles = self._titles()
        for tab, title in zip(self._tabs, titles, strict=True):
            end += len(title) + 3 + self._room(titles)
            if event.x < end:
                self.post_message(self.Chosen(tab.name))
                return
