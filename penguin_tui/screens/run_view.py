"""The one view of a run, live or finished: a head, and tabs below it."""

from collections.abc import Callable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.timer import Timer

from engine.kinds import varies
from engine.planning.chosen_training import chosen_settings, train_spec
from engine.runs.state import RunState
from engine.specs.invalid import InvalidSpec
from engine.specs.varying import VaryingSpec
from engine.store.records import RunRecord
from penguin_tui.bars.link_bar import Link, LinkBar
from penguin_tui.charts.cursor_chart import DRAWING
from penguin_tui.forms.run_command import run_command
from penguin_tui.presentation.kinds import ALL_TABS, LOG, Tab, first_tab, view_of
from penguin_tui.presentation.results.best_settings import evaluation_of
from penguin_tui.run.live_pane import TICK_SECONDS
from penguin_tui.run.progress_line import ProgressLine
from penguin_tui.run.run_actions import OnTrial, RunRequested, TrialChosen, request_for
from penguin_tui.run.run_offers import is_offered
from penguin_tui.run.tab_panes import TabPanes
from penguin_tui.screens.messages import DrawFigures, ExportRun, LoadSettings, WatchEpochs
from penguin_tui.terminal.flow_control import ready

# to the tabs that have no room
TURN = Link("[", "‹", "turn(-1)"), Link("]", "›", "turn(1)")
# without a change of screen, before what the next run is shown in is made
REST_SECONDS = 0.8


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
        Binding("s", "request('stop')", "Stop", id="run.stop",
                tooltip="Stop the run; what it has learned is kept. A run that has not stopped"
                " within five seconds is killed."),
        Binding("p", "request('pause')", "Pause", id="run.pause",
                tooltip="Pause the run; its place is free for others until it is resumed."),
        Binding("p", "request('resume')", "Resume", id="run.resume",
                tooltip="Resume a paused or interrupted run where it was."),
        Binding("t", "to_train", "Load into Train", id="run.to_train",
                tooltip="Put the best settings into the Train form."),
        Binding("percent_sign", "evaluate", "Evaluate", id="run.evaluate", key_display="%",
                tooltip="Put these settings into the Evaluate form: many splits, other models."),
        Binding("f", "figures", "Figures", id="run.figures",
                tooltip="Draw the run's figures into PNG files: curves, matrices, charts."),
        Binding("e", "export", "Export", id="run.export",
                tooltip="Write the run to files: report, network, bundle, tables, notebook."),
        Binding("w", "watch_epochs", "Watch epochs", show=False, id="run.watch_epochs",
                tooltip="Watch the training epoch by epoch: regions, curve, confusion matrix; of a"
                " sweep or search the trial under the cursor, or the best one."),
        Binding("greater_than_sign", "request('skip')", "Skip", show=False, key_display=">",
                id="run.skip",
                tooltip="Skip the running trial; the search continues with the others."),
        Binding("y", "chart('log_axis')", "Log axis", id="run.log", group=DRAWING,
                tooltip="Show values on a log axis."),
        Binding("m", "chart('smooth')", "Smooth", id="run.smooth", group=DRAWING,
                tooltip="Show a moving average of about the last ten epochs."),
        Binding("z", "chart('zoom')", "Zoom", id="run.zoom", group=DRAWING,
                tooltip="Show the last 1,000, 100 or 20 epochs only, or all of them again."),
        *(
            Binding(tab.key, tab.action, tab.title, show=False, id=f"run.{tab.name}")
            for tab in ALL_TABS.values()
        ),
        Binding("right_square_bracket", "turn(1)", "Next tab", show=False, key_display="]",
                id="run.next_tab", tooltip="Go to the next tab."),
        Binding("left_square_bracket", "turn(-1)", "Previous tab", show=False, key_display="[",
                id="run.previous_tab", tooltip="Go to the previous tab."),
    ]  # fmt: skip

    def __init__(
        self,
        next_step: Callable[[], str] = str,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        # what can be done with a run that has failed; a function, because keys are known late
        self._next_step = next_step
        self.record: RunRecord | None = None
        self.state = RunState()
        self.tab = ""
        self._behind = False
        self.panes = TabPanes(id="pane")
        # the run that the panes are of
        self._opened: int | None = None
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """Head, tabs, pane."""
        yield ProgressLine(self._next_step())
        yield LinkBar(turn=TURN, id="tabs")
        yield self.panes

    def on_mount(self) -> None:
        """Show what was given before there was anything to show it in."""
        self._ticks = self.set_interval(TICK_SECONDS, self._look, pause=True)
        self.catch_up()

    def on_resize(self) -> None:
        """What the head says depends on the height too, of which its own says nothing."""
        self.query_one(ProgressLine).on_resize()

    # -- for screens --------------------------------------------------------------------------

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show a run as it is now; another run begins on its first tab."""
        before, self.record, self.state = self.record, record, state
        if not (self.is_mounted and self.screen.is_current):
            # nobody sees it; `catch_up` draws what has been missed
            self._behind = True
            return
        same = record.id == self._opened and before is not None and before.status == record.status
        if same and record.live and not ready(self.app):
            # it would wait in the line, and the answer to the next key behind it
            self._behind = True
            self._ticks.resume()
            return
        self._behind = False
        self.query_one(ProgressLine).show(record, state)
        if record.id != self._opened:
            self._begin(record, state)
        self._show_tabs()
        self.panes.show(record, state)
        self.refresh_bindings()

    def prepare(self, kind: str) -> None:
        """Make the curves for the next run of this kind, as soon as nobody has done anything.

        They would take 20 ms while it runs; not if it begins with something else.
        """
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_SECONDS, lambda: self._prepare(kind))

    async def _prepare(self, kind: str) -> None:
        tab = ALL_TABS.get(self.tab)
        if tab not in view_of(kind).tabs:
            tab = first_tab(kind, has_epochs=True)
        if tab.curves and self.screen.is_current and not self.display:
            await self.panes.prepare(tab)

    def _begin(self, record: RunRecord, state: RunState) -> None:
        """Nothing of the run before stays but the tab, where this run has it as well."""
        self._opened = record.id
        if self.panes.has_focus_within:
            self.focus(scroll_visible=False)
        self.panes.clear()
        tab = ALL_TABS.get(self.tab)
        if tab not in self.tabs:
            has_epochs = record.live or len(state.curve) > 0
            tab = LOG if record.unreadable else first_tab(record.kind, has_epochs=has_epochs)
        assert tab is not None
        self.tab = tab.name
        self.call_later(self._open, tab)

    def _look(self) -> None:
        """Show what has waited for the terminal, as soon as that keeps up."""
        if ready(self.app):
            self._ticks.pause()
            self.catch_up()

    def catch_up(self) -> None:
        """Show what came while the screen was not to be seen."""
        if self._behind and self.record is not None:
            self.show(self.record, self.state)

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs of this kind of run."""
        if self.record is not None and self.record.unreadable:
            return (LOG,)
        return view_of(self.record.kind if self.record else "").tabs

    def _show_tabs(self) -> None:
        current = ALL_TABS[self.tab].action
        links = [Link(tab.key, tab.title, tab.action, tab.short) for tab in self.tabs]
        self.query_one("#tabs", LinkBar).show(links, current)

    # -- tabs -----------------------------------------------------------------------------------

    async def _open(self, tab: Tab) -> None:
        self.tab = tab.name
        self._show_tabs()
        await self.panes.open(tab)
        if self.record is not None:
            self.panes.show(self.record, self.state)
        if self.has_focus:
            # the keys of what is seen work at once
            self.focus_pane()

    def focus_pane(self) -> None:
        """Give the keys to what can be scrolled in the present tab."""
        (self.panes.to_focus or self).focus(scroll_visible=False)

    async def action_tab(self, name: str) -> None:
        """Show a tab."""
        await self._open(ALL_TABS[name])
        self.focus_pane()

    def action_chart(self, name: str) -> None:
        """What a key does to one chart, to all that are seen: for while none has the keys."""
        for chart in self.panes.charts:
            getattr(chart, f"action_{name}")()

    async def action_turn(self, step: int) -> None:
        """Go to the next tab or the one before."""
        names = [tab.name for tab in self.tabs]
        await self.action_tab(names[(names.index(self.tab) + step) % len(names)])

    def copied(self) -> str:
        """The command that runs it again."""
        record = self.record
        return run_command(record.spec) if record is not None and not record.unreadable else ""

    # -- requests -------------------------------------------------------------------------------

    def action_request(self, action: str) -> None:
        """Request of the run what a key stands for."""
        request = request_for(action, self.record)
        if self.record is not None and request is not None:
            self.post_message(RunRequested(self.record, request))

    def action_to_train(self) -> None:
        """The chosen settings, or the best so far, into the Train form."""
        settings = chosen_settings(self.state)
        if settings is not None:
            self._to_train(settings)

    def action_evaluate(self) -> None:
        """The run's settings, of a sweep or search the best ones, into the Evaluate form."""
        if self.record is None:
            return
        try:
            found = evaluation_of(self.record.spec, chosen_settings(self.state))
        except InvalidSpec as error:
            self.notify(str(error), severity="error")
            return
        if found is not None:
            self.post_message(LoadSettings(found))

    def action_figures(self) -> None:
        """The run as pictures."""
        if self.record is not None:
            self.post_message(DrawFigures(self.record.id))

    def action_watch_epochs(self) -> None:
        """The training epoch by epoch: of a sweep or search the one under the cursor, or chosen."""
        if self.record is None:
            return
        settings = None
        if varies(self.record.kind):
            focused = self.app.focused
            settings = focused.settings_under_cursor() if isinstance(focused, OnTrial) else None
            settings = settings or chosen_settings(self.state)
        self.post_message(WatchEpochs(self.record.id, settings))

    def action_export(self) -> None:
        """The run as files."""
        if self.record is not None:
            self.post_message(ExportRun(self.record.id))

    def on_trial_chosen(self, message: TrialChosen) -> None:
        """The settings of a trial into the Train form."""
        message.stop()
        self._to_train(message.settings)

    def _to_train(self, settings: dict[str, Any]) -> None:
        spec = self.record.spec if self.record is not None else None
        if isinstance(spec, VaryingSpec):
            try:
                self.post_message(LoadSettings(train_spec(spec, settings)))
            except InvalidSpec as error:
                self.notify(str(error), severity="error")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now."""
        record = self.record
        if record is None:
            return False
        if action == "request":
            return request_for(parameters[0], record) is not None
        if action == "chart":
            return bool(self.panes.charts)
        if action == "tab":
            return any(tab.name == parameters[0] for tab in self.tabs)
        return is_offered(action, record, self.state)
