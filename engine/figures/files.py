"""A run's figures as files: which there are, what they are called, and that none is half there."""

import io
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

from matplotlib import pyplot

from engine.client.drawing import FiguresRequest
from engine.client.file_process import Written
from engine.errors import EngineError, FilesExist
from engine.exports.csv_tables import safe_cell, state_of
from engine.exports.whole_file import write_whole
from engine.figures.catalogue import drawings
from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import METADATA, use
from engine.specs.kinds.about_run import AboutRun
from engine.store.store import Store


def draw(request: FiguresRequest) -> Iterator[Written]:
    """Draw and write one figure after the other; raises EngineError where one cannot be written.

    What is there already is refused before anything is drawn.
    """
    use(request.palette)
    with Store.open(request.home) as store:
        record = store.run(request.run)
        state = state_of(store, record)
    rule = record.decision_rule_json or ""
    kept = AboutRun(home=str(request.home), run=record.id, rule=rule)
    left_out: list[str] = []
    found = drawings(StoredRun(record.spec, state, kept), left_out.append)
    if not found:
        raise EngineError(
            f"Run {record.id} ({record.kind}, {record.status}) has no figures.",
            "It has some once it has results.",
        )
    endings = [*request.formats, *(["csv"] if request.data else [])]
    paths = {
        (one.name, ending): request.folder / f"{record.id}-{one.name}.{ending}"
        for one in found
        for ending in endings
    }
    _make_ready(request, list(paths.values()))
    for one in found:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            bodies = _bodies(one, request.formats)
        for ending in endings:
            path = paths[one.name, ending]
            body = bodies[ending] if ending in bodies else _csv(one)
            _write(path, body, request.force)
            yield Written(path=str(path), size=len(body), files=len(paths))
        notes = [one.note] if one.note else []
        if any("missing from font" in str(warning.message) for warning in warned):
            notes.append("No font on this machine has some of the characters: they are boxes.")
        for note in notes:
            yield Written(note=f"{one.name}: {note}", files=len(paths))
    for note in left_out:
        yield Written(note=note, files=len(paths))


def _make_ready(request: FiguresRequest, paths: list[Path]) -> None:
    """Refuse before anything is drawn what would be refused after it."""
    try:
        request.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"{request.folder} cannot be made: {error.strerror}.") from error
    there = [path for path in paths if os.path.lexists(path)]
    if there and not request.force:
        more = f", and {len(there) - 1} more" if len(there) > 1 else ""
        raise FilesExist(f"{there[0]} exists already{more}.", "--force overwrites files.")


def _bodies(drawing: Drawing, formats: tuple[str, ...]) -> dict[str, bytes]:
    figure = drawing.draw(drawing.data)
    bodies = {}
    for ending in formats:
        file = io.BytesIO()
        figure.savefig(file, format=ending, metadata=METADATA[ending])
        bodies[ending] = file.getvalue()
    # seaborn makes some of them by pyplot, which keeps what it has made
    pyplot.close("all")
    return bodies


def _csv(drawing: Drawing) -> bytes:
    own = drawing.data.rename(columns=safe_cell).map(safe_cell)
    named = not own.index.equals(own.reset_index(drop=True).index)
    body: str = own.rename(index=safe_cell).to_csv(index=named, lineterminator="\r\n")
    return body.encode("utf-8", "replace")


def _write(path: Path, body: bytes, force: bool) -> None:
    try:
        write_whole(path, body, force)
    except FileExistsError:
        raise FilesExist(f"{path} exists already.", "--force overwrites files.") from None
    except OSError as error:
        raise EngineError(f"{path} cannot be written: {error.strerror}.") from error
