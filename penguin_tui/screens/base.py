"""What all screens share: navigation above, status and keys below, the body between."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget

from penguin_tui.bars.key_bar import KeyBar
from penguin_tui.bars.nav_bar import NavBar
from penguin_tui.bars.status_line import StatusLine

if TYPE_CHECKING:
    from engine.specs import RunSpec
    from penguin_tui.app.workbench import Workbench


class WorkScreen(Screen[Any]):
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
            tooltip="One step out: leave a field, close what is open.",
        ),
    ]  # fmt: skip

    @property
    def workbench(self) -> "Workbench":
        """The app, with its own type."""
        return cast("Workbench", self.app)

    def compose(self) -> ComposeResult:
        """Navigation, body, status, keys."""
        yield NavBar(self.PLACE)
        with Vertical(id="body"):
            yield from self.compose_body()
        yield StatusLine()
        yield KeyBar()

    def compose_body(self) -> Iterable[Widget]:
        """The screen's own widgets."""
        return ()

    def on_screen_resume(self) -> None:
        """Show the status as it is now, or the request for a larger window."""
        self.workbench.refresh_status()
        self.workbench.check_size()

    def load(self, spec: "RunSpec") -> None:
        """Take over the settings of a stored run; screens with a form do."""

    def action_leave(self) -> None:
        """One step out: here, out of the focused widget."""
        self.set_focus(None)
