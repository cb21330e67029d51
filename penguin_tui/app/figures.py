"""Figures of a run from the screen: a folder is asked for, then they are drawn beside all else."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import EngineError, FilesExist
from penguin_tui.charts.figure_palette import figure_palette
from penguin_tui.screens.dialogs import ConfirmDialog, TextDialog
from penguin_tui.terminal.gate import visible

if TYPE_CHECKING:
    from penguin_tui.engine_link.linked_app import LinkedApp

# what the dialog offers first, in the folder that the workbench was started from
FOLDER = "figures"


def ask_for_figures(app: "LinkedApp", run: int) -> None:
    """Ask for the folder, then draw; of a folder that is left nothing is drawn."""

    def go(folder: str | None) -> None:
        if folder:
            _begin(app, run, folder)

    try:
        here = str(Path.cwd() / FOLDER)
    except FileNotFoundError:
        # the folder has been removed meanwhile
        here = ""
    app.push_screen(TextDialog(f"Folder for the figures of run {run}", here), go)


def _begin(app: "LinkedApp", run: int, folder: str, *, force: bool = False) -> None:
    try:
        target = Path(folder).expanduser().absolute()
    except (OSError, RuntimeError, ValueError) as error:
        app.notify(f"{visible(folder)} is no folder: {visible(str(error))}", severity="error")
        return
    app.notify(f"Drawing the figures of run {run} …", timeout=3)
    # a daemon: nobody who leaves waits for it
    arguments = (app, run, target, force)
    threading.Thread(target=_draw, args=arguments, name="figures", daemon=True).start()


def _draw(app: "LinkedApp", run: int, folder: Path, force: bool) -> None:
    """In a thread of its own: have them drawn, then say what came of it."""
    from engine.client.drawing import FiguresRequest, draw_figures

    request = FiguresRequest(
        home=app.home, run=run, folder=folder, palette=figure_palette(), force=force
    )
    # the workbench may be gone by then
    with suppress(RuntimeError):
        try:
            found = list(draw_figures(request))
        except FilesExist as error:
            app.call_from_thread(_ask_again, app, run, folder, error)
            return
        except EngineError as error:
            app.call_from_thread(app.complain, error)
            return
        notes = [drawn.note for drawn in found if drawn.note]
        files = [drawn for drawn in found if drawn.path]
        said = [
            f"Figures of run {run}: {len(files)} PNG files in {visible(str(folder))}.",
            *map(visible, notes),
            f"Other formats and data: penguin-tui figures {run} --help",
        ]
        app.call_from_thread(app.notify, "\n".join(said), timeout=15)


def _ask_again(app: "LinkedApp", run: int, folder: Path, error: FilesExist) -> None:
    def go(wanted: bool | None) -> None:
        if wanted:
            _begin(app, run, str(folder), force=True)

    text = f"{visible(error.message)} Overwrite?"
    app.push_screen(ConfirmDialog(f"Figures of run {run}", text), go)
