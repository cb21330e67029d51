"""A run's report as a file: HTML in one, Markdown with its figures in a folder beside it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from engine.client.file_process import Written
from engine.errors import EngineError, FilesExist
from engine.exports.csv_tables import state_of
from engine.exports.whole_file import whole_file
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.report.contents import report_of
from penguin_tui.report.html import html_report
from penguin_tui.report.markdown import markdown_report

ENDINGS = (".html", ".md")


def written_report(
    store: Store, record: RunRecord, target: Path, *, force: bool = False
) -> Iterator[Written]:
    """Write the report as the target's ending says, drawing its figures first, which takes seconds.

    For any thread. Raises EngineError for another ending or what cannot be written, `FilesExist`
    before anything is drawn.
    """
    if target.suffix not in ENDINGS:
        raise EngineError(f"{str(target)!r} ends neither in .html nor in .md.")
    figures = target.parent / f"{target.stem}-figures" if target.suffix == ".md" else None
    for path in filter(None, (target, figures)):
        if os.path.lexists(path) and not force:
            raise FilesExist(f"{path} exists already.", "--force overwrites it.")
    yield Written(step="drawing the figures")
    with tempfile.TemporaryDirectory() as drawn:
        report = report_of(store.home, record, state_of(store, record), Path(drawn))
        body = html_report(report) if figures is None else markdown_report(report, figures.name)
        yield write_file(target, body, force)
        if figures is None or not report.pictures:
            return
        figures.mkdir(exist_ok=True)
        for picture in report.pictures:
            shutil.copyfile(picture.path, figures / picture.path.name)
    yield Written(note=f"{len(report.pictures)} figures in {figures}")


def write_file(target: Path, body: bytes | Callable[[BinaryIO], object], force: bool) -> Written:
    """Write a file of a person's own, or have it written; raises EngineError where that fails."""
    try:
        with whole_file(target, force) as file:
            if callable(body):
                body(file)
            else:
                file.write(body)
            file.flush()
            written = os.fstat(file.fileno()).st_size
    except FileExistsError:
        raise FilesExist(f"{target} exists already.", "--force overwrites it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise EngineError(f"{target} cannot be written: {reason}.") from error
    return Written(path=str(target), size=written, files=1)
