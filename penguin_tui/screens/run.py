"""A run opened from the table: the same view as live."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from penguin_tui.bars.keys import key_of
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.messages import LoadSettings
from penguin_tui.screens.run_view import RunView

if TYPE_CHECKING:
    from engine.store.store import Store
    from penguin_tui.engine_link.messages import RunChanged


class RunScreen(WorkScreen):
    """One run; Esc goes back to where it was opened."""

    PLACE = "runs"
    AUTO_FOCUS: ClassVar[str | None] = "RunView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "load_settings", "Load settings", id="opened.load",
                tooltip="Fill the form with the settings of this run."),
        Binding("r", "rerun", "Rerun", id="opened.rerun",
                tooltip="Run it again with the same settings and seed."),
        Binding("escape", "leave", "Back", id="opened.leave",
                tooltip="Back to where the run was opened from."),
    ]  # fmt: skip

    def __init__(self, run: int, tab: str = "") -> None:
        super().__init__()
        self.run_id, self._tab = run, tab

    def compose_body(self) -> Iterable[Widget]:
        """The view."""
        view = RunView(
            lambda: (
                f"{key_of(self, 'opened.rerun')} runs it again,"
                f" {key_of(self, 'opened.load')} loads its settings into the form."
            ),
            id="opened",
        )
        view.tab = self._tab
        return (view,)

    def on_mount(self) -> None:
        """Follow the run."""
        self.workbench.follower.watch(self.run_id, self)

    def on_screen_resume(self) -> None:
        """Show how the run stands by now."""
        self.view.catch_up()

    def on_unmount(self) -> None:
        """Follow it no more."""
        self.workbench.follower.unwatch(self)

    @property
    def view(self) -> RunView:
        """The view of the run."""
        return self.query_one(RunView)

    def on_run_changed(self, message: "RunChanged") -> None:
        """The run as it is now."""
        if message.record.id == self.run_id:
            self.view.show(message.record, message.state)
            self.refresh_bindings()

    def action_load_settings(self) -> None:
        """To the form of this kind of run, filled."""
        record = self.view.record
        if record is not None:
            self.app.pop_screen()
            self.app.post_message(LoadSettings(record.spec))

    def action_rerun(self) -> None:
        """Rerun it, and follow the new run here."""
        if self.view.record is not None:
            self.start(
                self.view.record.spec,
                lambda: self.workbench.engine_call(self._submit_rerun, self._begun),
            )

    def _submit_rerun(self, store: "Store") -> tuple[int, tuple[str, ...]]:
        from engine.client.submission import rerun

        if not self.workbench.engine_allowed:
            return store.submit(store.run(self.run_id).spec), ()
        return rerun(store, self.run_id)

    def _begun(self, begun: tuple[int, tuple[str, ...]]) -> None:
        run, changed = begun
        self.report(f"Run {run} is queued", changed)
        self.run_id = run
        self.workbench.follower.unwatch(self)
        self.workbench.follower.watch(run, self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A run that is not there yet has no settings, nor one that cannot be read."""
        if action in ("load_settings", "rerun"):
            record = self.view.record if self.is_mounted else None
            return record is not None and record.unreadable is None
        return True

    def action_leave(self) -> None:
        """Back to the table."""
        self.app.pop_screen()
