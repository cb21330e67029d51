"""What all screens share: navigation above, status and keys below, the body between."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.widget import Widget

from penguin_tui.bars.key_bar import KeyBar
from penguin_tui.bars.link_bar import LinkBar
from penguin_tui.bars.status_line import StatusLine
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.presentation.text import span
from penguin_tui.screens.places import PLACES, place
from penguin_tui.screens.too_small import cover_if_small
from penguin_tui.terminal.gate import visible
from penguin_tui.terminal.textual_private.app import WholeScreen

if TYPE_CHECKING:
    from engine.specs.run_spec import RunSpec
    from engine.store.store import Store
    from penguin_tui.guide.pane import GuidePane
    from penguin_tui.run.run_actions import Request, RunRequested


# a longer run does not start on one key
LONG_SECONDS = 60.0
# what is lost by requests that cannot be taken back
FINAL = {
    "stop": "What it has is kept, but a run of this kind cannot be resumed.",
    "kill": "It has not stopped. What it did since its last checkpoint is lost.",
    "skip": "The running trial is given up. The search continues with the others.",
}


class WorkScreen(WholeScreen):
    """A screen of the workbench; `compose_body` is all that a subclass must give.

    `PLACE` is its name in the navigation. The body is composed at once, so
    widgets can be queried in `on_mount`. By the size of the terminal the screen
    has the classes -narrow (below 100 columns), -normal or -wide (130 and more),
    and -short or -tall (36 rows and more).
    """

    PLACE: ClassVar[str] = ""
    AUTO_FOCUS: ClassVar[str | None] = "#body *"
    # not ClassVar, because Textual declares them otherwise
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012
        (0, "-narrow"), (100, "-normal"), (130, "-wide"),
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012
        (0, "-short"), (36, "-tall"),
    ]  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "leave", "Back", show=False, id="leave",
            tooltip="One step out: leaves a field, closes what is open.",
        ),
        Binding(
            "g", "guide", "Guide", show=False, id="guide",
            tooltip="The post as a guided tour, in twelve steps; once more closes it.",
        ),
    ]  # fmt: skip

    @property
    def workbench(self) -> LinkedApp:
        """The app, as far as screens may use it; they ask the rest of it by messages."""
        return cast(LinkedApp, self.app)

    def compose(self) -> ComposeResult:
        """Navigation, body, which the guide may stand beside, status, keys."""
        # before there is anything below that would have to be styled again for them
        self.add_class(*self._classes_of(self.app.size))
        links = [found.link for found in PLACES]
        yield LinkBar(links, place(self.PLACE).link.action, id="navigation")
        with Vertical(id="middle"), Vertical(id="body"):
            yield from self.compose_body()
        yield StatusLine()
        yield KeyBar()

    def _classes_of(self, size: Size) -> Iterable[str]:
        """The classes that a terminal of this size gives the screen, as Textual will."""
        breakpoints = self.HORIZONTAL_BREAKPOINTS or [], self.VERTICAL_BREAKPOINTS or []
        for cells, classes in zip(size, breakpoints, strict=True):
            yield max((least, name) for least, name in classes if cells >= least)[1]

    def compose_body(self) -> Iterable[Widget]:
        """The screen's own widgets."""
        return ()

    def on_screen_resume(self) -> None:
        """Cover it where there is too little room by now; show the guide where it is open."""
        cover_if_small(self.app)
        self.call_later(self._show_guide)

    def on_screen_suspend(self) -> None:
        """When it is seen again, the navigation says where it is."""
        for bar in self.query("#navigation").results(LinkBar):
            bar.release()

    def on_mount(self) -> None:
        """Open and close the guide as on every other screen."""
        self.watch(self.app, "guide", self._guide_changed, init=False)

    # not on_resize, which the screens have in two forms
    @on(events.Resize)
    async def _guide_changed(self) -> None:
        self.call_later(self._show_guide)

    async def action_guide(self) -> None:
        """Into the guide, which is opened; out of it, which is closed."""
        close = any(one.has_focus_within for one in self._guide)
        self.workbench.guide = replace(self.workbench.guide, open=not close)
        pane = await self._show_guide()
        if pane is not None:
            pane.enter()

    @property
    def _guide(self) -> list[Widget]:
        """The guide, where it has been mounted."""
        return [one for one in self.query_one("#middle").children if one.id == "guide"]

    async def _show_guide(self) -> "GuidePane | None":
        """The guide where it is open; it is mounted when it is first wanted."""
        wanted = self.workbench.guide.open
        if not self.is_current or not (wanted or self._guide):
            return None
        from penguin_tui.guide.beside import show_guide

        return await show_guide(self, wanted=wanted)

    def load(self, spec: "RunSpec") -> None:
        """Take over the settings of a stored run; screens with a form do."""

    def on_run_requested(self, message: "RunRequested") -> None:
        """Pass a request on to the engine."""
        message.stop()
        run, request = message.run, message.request
        if message.final and (lost := FINAL.get(request)):
            title = f"{request.capitalize()} run {run}"
            self.confirm(title, lost, lambda: self._request(run, request))
        else:
            self._request(run, request)

    def _request(self, run: int, request: "Request") -> None:
        def work(store: "Store") -> tuple[str, ...]:
            from engine.client.submission import kill_run, pause_run, resume_run, stop_run

            if request == "stop":
                stop_run(store, run)
            elif request == "pause":
                pause_run(store, run)
            elif request == "skip" or not self.workbench.engine_allowed:
                store.request(run, request)
            elif request == "kill":
                kill_run(store, run)
            else:
                return resume_run(store, run)
            return ()

        self.workbench.engine_call(work, lambda changed: self.report(f"Run {run} resumes", changed))

    def confirm(self, title: str, text: str, go: Callable[[], object]) -> None:
        """Ask before something long or final is begun."""
        from penguin_tui.screens.dialogs import ConfirmDialog

        def answered(wanted: bool | None) -> None:
            if wanted:
                go()

        self.app.push_screen(ConfirmDialog(title, text), answered)

    def start(self, spec: "RunSpec", go: Callable[[], object]) -> None:
        """Begin a run by `go`; one that takes long by the look of earlier ones is asked about."""

        def estimate(store: "Store") -> tuple[float, float] | None:
            from penguin_tui.presentation.workload_estimate import estimated_seconds

            return estimated_seconds(store, spec)

        def estimated(seconds: tuple[float, float] | None) -> None:
            from engine.kinds import label_of

            if seconds is None or sum(seconds) / 2 <= LONG_SECONDS:
                begin()
            else:
                text = f"It takes {span(*seconds)}, by the speed of earlier runs."
                self.confirm(f"Run this {label_of(spec.kind)}", text, begin)

        def begin() -> None:
            go()
            self.say_where(spec.kind)

        self.workbench.engine_call(estimate, estimated)

    def say_where(self, kind: str) -> None:
        """Notify of a run of `kind` that leaves this machine."""
        from engine.kinds import KINDS
        from engine.specs.cluster import Cluster
        from penguin_tui.presentation.runs.cluster import destination

        if self.workbench.cluster and KINDS[kind].distributes:
            self.notify(destination(Cluster.parse(self.workbench.cluster).address))

    def report(self, event: str, changed: tuple[str, ...], *, always: bool = False) -> None:
        """Notify of what was begun, with what has `changed` in the environment since."""
        if changed:
            lines = "\n".join(map(visible, changed))
            self.notify(
                f"{event}. Environment changed, so figures may differ:\n{lines}",
                severity="warning", timeout=15,
            )  # fmt: skip
        elif always:
            self.notify(f"{event}, in the same environment.")

    def action_leave(self) -> None:
        """One step out: here, out of the focused widget."""
        self.set_focus(None)
