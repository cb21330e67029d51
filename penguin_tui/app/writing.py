"""Files of a run from the screen: where to is asked for, then they are written beside all else."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import EngineError, FilesExist
from penguin_tui.charts.figure_palette import figure_palette
from penguin_tui.pictures.encoding import not_shown
from penguin_tui.presentation.text import size
from penguin_tui.screens.dialogs import ConfirmDialog, TextDialog
from penguin_tui.screens.picker import ChoosingScreen, Offer
from penguin_tui.terminal.gate import visible

if TYPE_CHECKING:
    from engine.client.file_process import Written
    from engine.store.records import RunRecord
    from engine.store.store import Store
    from penguin_tui.engine_link.linked_app import LinkedApp
    from penguin_tui.report.exporting import Offered

# what the dialog offers first, in the folder that the workbench was started from
FOLDER = "figures"
HTML, MARKDOWN, FIGURES = "html report", "markdown report", "figures"


@dataclass(frozen=True, slots=True)
class Writing:
    """Files that are to be written of a run.

    `title` says what of which run, `ask` what is asked for; `write` writes them to a path, and over
    what is there where it is told so, in a thread of its own; `told` says what has come of it,
    unless `shows` has shown it.
    """

    title: str
    ask: str
    write: "Callable[[Path, bool], Iterator[Written]]"
    told: "Callable[[Path, Sequence[Written]], list[str]]"
    shows: "Callable[[Sequence[Written]], bool]" = lambda found: False


def ask_for_figures(app: "LinkedApp", run: int) -> None:
    """Ask for the folder, then draw; of a folder that is left nothing is drawn."""

    def write(folder: Path, force: bool) -> "Iterator[Written]":
        from engine.client.drawing import FiguresRequest, draw_figures

        request = FiguresRequest(
            home=app.home, run=run, folder=folder, palette=figure_palette(), force=force
        )
        return draw_figures(request)

    def told(folder: Path, found: "Sequence[Written]") -> list[str]:
        files = [drawn for drawn in found if drawn.path]
        return [
            f"Figures of run {run}: {len(files)} PNG files in {visible(str(folder))}.",
            *(visible(drawn.note) for drawn in found if drawn.note),
            *filter(None, [not_shown(app.graphics)]),
            f"Other formats and data: penguin-tui figures {run} --help",
        ]

    asked_on = app.screen

    def shows(found: "Sequence[Written]") -> bool:
        paths = [Path(drawn.path) for drawn in found if drawn.path]
        # who has gone elsewhere meanwhile is not interrupted
        if not paths or not_shown(app.graphics) is not None or app.screen is not asked_on:
            return False
        from penguin_tui.pictures.screen import FiguresScreen

        notes = [drawn.note for drawn in found if drawn.note]
        app.push_screen(FiguresScreen(paths, app.graphics, notes))
        return True

    title = f"Figures of run {run}"
    writing = Writing(title, f"Folder for the figures of run {run}", write, told, shows)
    _ask(app, writing, FOLDER)


def ask_for_export(app: "LinkedApp", run: int) -> None:
    """Ask what of the run is wanted, then where to, then write it."""

    def found(store: "Store") -> "list[Offered]":
        from penguin_tui.report.exporting import offered

        return offered(store, store.run(run))

    app.engine_call(found, lambda exports: _choose(app, run, exports))


def _choose(app: "LinkedApp", run: int, exports: "list[Offered]") -> None:
    by_name = {one.export.option: one for one in exports}
    offers = [
        Offer(HTML, "report, HTML", "One file for a browser: results, figures, versions."),
        Offer(MARKDOWN, "report, Markdown", "The same with its figures in a folder beside it."),
        Offer(FIGURES, "figures", "Curves, matrices and charts as PNG files."),
        *(
            Offer(name, name, f"{f'~{size(one.size)}':>9}  {one.export.help}")
            for name, one in by_name.items()
        ),
    ]

    def go(chosen: str | None) -> None:
        if chosen == FIGURES:
            ask_for_figures(app, run)
        elif chosen in (HTML, MARKDOWN):
            _ask(app, _report(app, run), f"run-{run}.{'html' if chosen == HTML else 'md'}")
        elif chosen is not None:
            one = by_name[chosen]
            _ask(app, _export(app, run, one), one.export.file_name(run))

    app.push_screen(ChoosingScreen(f"Export of run {run}", offers), go)


def _report(app: "LinkedApp", run: int) -> Writing:
    def write(target: Path, force: bool) -> "Iterator[Written]":
        from penguin_tui.report.written import written_report

        yield from _with_run(
            app, run, lambda store, record: written_report(store, record, target, force=force)
        )

    return Writing(f"Report of run {run}", f"File for the report of run {run}", write, _told)


def _export(app: "LinkedApp", run: int, one: "Offered") -> Writing:
    def write(target: Path, force: bool) -> "Iterator[Written]":
        from penguin_tui.report.exporting import exported

        yield from _with_run(
            app, run,
            lambda store, record: exported(store, record, one.export, target, force=force),
        )  # fmt: skip

    noun = one.export.option
    return Writing(f"{noun.capitalize()} of run {run}", f"Where to, {noun} of run {run}",
                   write, _told)  # fmt: skip


def _with_run(
    app: "LinkedApp", run: int, write: "Callable[[Store, RunRecord], Iterator[Written]]"
) -> "Iterator[Written]":
    from engine.store.store import Store

    with Store.open(app.home) as store:
        yield from write(store, store.run(run))


def _told(target: Path, found: "Sequence[Written]") -> list[str]:
    files = [f"{visible(one.path)}: {size(one.size)}" for one in found if one.path]
    return [*files, *(visible(one.note) for one in found if one.note)]


# -- asking, then writing in a thread --------------------------------------------------------------


def _ask(app: "LinkedApp", writing: Writing, name: str) -> None:
    def go(typed: str | None) -> None:
        if typed:
            _begin(app, writing, typed)

    try:
        here = str(Path.cwd() / name)
    except FileNotFoundError:
        # the folder has been removed meanwhile
        here = ""
    app.push_screen(TextDialog(writing.ask, here), go)


def _begin(app: "LinkedApp", writing: Writing, typed: str, *, force: bool = False) -> None:
    try:
        target = Path(typed).expanduser().absolute()
    except (OSError, RuntimeError, ValueError) as error:
        app.notify(f"{visible(typed)} is no path: {visible(str(error))}", severity="error")
        return
    app.notify(f"{writing.title} …", timeout=8)
    # a daemon: nobody who leaves waits for it
    arguments = (app, writing, target, force)
    threading.Thread(target=_write, args=arguments, name="writing", daemon=True).start()


def _write(app: "LinkedApp", writing: Writing, target: Path, force: bool) -> None:
    """In a thread of its own: have it written, then say what came of it."""
    found: list[Written] = []
    # the workbench may be gone by then
    with suppress(RuntimeError):
        try:
            for written in writing.write(target, force):
                if written.step:
                    step = f"{writing.title}: {written.step} …"
                    app.call_from_thread(app.notify, step, timeout=15)
                found.append(written)
        except FilesExist as error:
            app.call_from_thread(_ask_again, app, writing, target, error)
            return
        except EngineError as error:
            app.call_from_thread(app.complain, error)
            return
        app.call_from_thread(_tell, app, writing, target, found)


def _tell(app: "LinkedApp", writing: Writing, target: Path, found: "Sequence[Written]") -> None:
    if not writing.shows(found):
        app.notify("\n".join(writing.told(target, found)), timeout=15)


def _ask_again(app: "LinkedApp", writing: Writing, target: Path, error: FilesExist) -> None:
    def go(wanted: bool | None) -> None:
        if wanted:
            _begin(app, writing, str(target), force=True)

    text = f"{visible(error.message)} Overwrite?"
    app.push_screen(ConfirmDialog(writing.title, text), go)
