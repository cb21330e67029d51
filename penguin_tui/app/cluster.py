"""Where trials are trained: the address for all runs, who works there, how long the form takes."""

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.widget import Widget

from engine.client.cluster_choice import keep_choice
from engine.specs.cluster import Cluster
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.forms.cluster_pane import ClusterPane
from penguin_tui.presentation.runs.cluster import ABOUT, PLACEHOLDER, TITLE, chosen_text
from penguin_tui.screens.dialogs import TextDialog


def choose_cluster(app: LinkedApp) -> None:
    """Ask for the address of a scheduler, and keep it for all runs."""

    def kept(cluster: Cluster | None) -> None:
        app.cluster = cluster.text if cluster is not None else ""
        app.notify(chosen_text(cluster.address if cluster is not None else ""))

    def take(text: str | None) -> None:
        if text is not None:
            app.engine_call(lambda store: keep_choice(store, text), kept)

    form = next(iter(app.screen.query(ClusterPane)), None)
    app.push_screen(ClusterDialog(app.cluster, form), take)


class ClusterDialog(TextDialog):
    """Asks for the address; below it stands what is beside a `form` where there is room."""

    DEFAULT_CSS = """
    ClusterDialog {
        VerticalScroll { height: auto; max-height: 9; }
        &.-short {
            .about { display: none; }
            VerticalScroll { max-height: 5; }
        }
    }
    """
    # what it is about makes room for who works there
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - Textual's own type
        (0, "-short"),
        (24, "-whole"),
    ]

    def __init__(self, address: str, form: ClusterPane | None) -> None:
        super().__init__(TITLE, address, PLACEHOLDER, ABOUT)
        self._form = form

    def below(self) -> Iterable[Widget]:
        """Who works there."""
        with VerticalScroll():
            yield ClusterPane(bare=True)

    def on_mount(self) -> None:
        """Show it for the run that the form describes, if there is one."""
        pane = self.query_one(ClusterPane)
        if self._form is not None and self._form.distributes:
            pane.show_as(self._form)
        else:
            pane.show_workers()
