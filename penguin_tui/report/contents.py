"""What stands in a report, before it is written as HTML or Markdown."""

from dataclasses import dataclass, replace
from pathlib import Path

from engine.client.drawing import FiguresRequest, draw_figures
from engine.client.file_process import Written
from engine.errors import EngineError
from engine.runs.state import RunState
from engine.store.records import RunRecord
from engine.version import __version__
from penguin_tui.charts.figure_palette import figure_palette
from penguin_tui.forms.run_command import run_command
from penguin_tui.presentation.blocks import Block, Line, muted, warning
from penguin_tui.presentation.run_blocks import run_blocks
from penguin_tui.presentation.run_head import title
from penguin_tui.presentation.words import LEAKAGE, published


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as a file, with the words under it."""

    path: Path
    caption: str


@dataclass(frozen=True, slots=True)
class Report:
    """A run as a document; `blocks` are what the command line prints of it."""

    title: str
    blocks: tuple[Block, ...]
    pictures: tuple[Picture, ...]
    remarks: tuple[Line, ...]
    command: str
    made_by: str
    record: RunRecord
    state: RunState


def report_of(home: Path, record: RunRecord, state: RunState, folder: Path) -> Report:
    """Gather the report of a run; its figures are drawn into `folder`, which takes seconds.

    A run without figures has none, and the report says why.
    """
    remarks: list[Line] = []
    pictures: list[Picture] = []
    request = FiguresRequest(
        home=home, run=record.id, folder=folder, palette=figure_palette(), force=True
    )
    try:
        for drawn in draw_figures(request):
            if drawn.note:
                remarks.append(muted(drawn.note))
            else:
                pictures.append(Picture(Path(drawn.path), _caption(record, drawn)))
    except EngineError as error:
        remarks.append(muted(error.message))
    return replace(plain_report(record, state), pictures=tuple(pictures), remarks=tuple(remarks))


def plain_report(record: RunRecord, state: RunState) -> Report:
    """The report of a run without figures."""
    blocks = tuple(run_blocks(record, state, summary_first=True))
    return Report(
        title=title(record),
        blocks=(Block(lines=(warning(LEAKAGE),)), *blocks) if published(record) else blocks,
        pictures=(),
        remarks=(),
        command="" if record.unreadable else run_command(record.spec),
        made_by=f"penguin-tui {__version__}",
        record=record,
        state=state,
    )


def _caption(record: RunRecord, drawn: Written) -> str:
    name = Path(drawn.path).stem.removeprefix(f"{record.id}-")
    return name.replace("_", " ").capitalize()
