"""A report as Markdown, with the metadata of a model card on top where there is a model."""

import json
import re
from collections.abc import Iterator
from typing import Any

from engine.results.scores import Scored
from penguin_tui.presentation.blocks import Block, Line, plain
from penguin_tui.report.contents import Report
from penguin_tui.terminal.gate import visible

# what Markdown and HTML in it would obey
_OBEYED = re.compile(r"([\\`*_{}\[\]<>#|~$&])")


def markdown_report(report: Report, pictures: str) -> bytes:
    """The file in UTF-8; its figures are links into the folder `pictures` beside it."""
    parts = [*_metadata(report), f"# {_text(report.title)}", ""]
    for block in report.blocks:
        parts += _block(block)
    if report.pictures or report.remarks:
        parts += ["## Figures", ""]
        for picture in report.pictures:
            link = f"{pictures}/{picture.path.name}".replace(" ", "%20")
            parts += [f"![{_text(picture.caption)}]({link})", ""]
        for line in report.remarks:
            parts += [_line(line), ""]
    if report.command:
        parts += ["## Do it again", "", *_code(visible(report.command)), ""]
    parts += [f"Made by {report.made_by}."]
    return ("\n".join(parts) + "\n").encode("utf-8", "replace")


def _metadata(report: Report) -> list[str]:
    """Those of a model card as Hugging Face reads it; values in JSON are YAML as well."""
    result, record = report.state.result, report.record
    if not isinstance(result, Scored):
        return []
    sets = {"validation": result.scores.validation, "test": result.scores.test}
    task = {"type": "tabular-classification"}
    results: list[dict[str, Any]] = [
        {
            "task": task,
            "dataset": {"name": record.data, "type": "tabular", "split": name},
            "metrics": [{"type": "accuracy", "value": score.accuracy.value}],
        }
        for name, score in sets.items()
        if score is not None
    ]
    fields = {
        "library_name": "keras",
        "pipeline_tag": "tabular-classification",
        "tags": ["penguin-tui", record.kind],
        "metrics": ["accuracy"],
        "model-index": [{"name": record.name or f"run {record.id}", "results": results}],
    }
    return ["---", *(f"{name}: {json.dumps(value)}" for name, value in fields.items()), "---", ""]


def _block(block: Block) -> Iterator[str]:
    if block.is_empty:
        return
    if block.title:
        yield from (f"## {_text(block.title)}", "")
    for line in block.lines:
        # two blanks: the next line of the screen is the next line here
        yield f"{_line(line)}  "
    if block.lines:
        yield ""
    if block.rows:
        yield from _table(block)
    for line in block.notes:
        yield from (_line(line), "")


def _table(block: Block) -> Iterator[str]:
    width = len(block.rows[0])
    header = block.header or ("",) * width
    yield _row(header)
    yield f"|{'|'.join(':--' if place < block.left else '--:' for place in range(width))}|"
    yield from map(_row, block.rows)
    yield ""
    for row, remark in zip(block.rows, block.below, strict=False):
        if remark:
            yield f"- {_text(row[0])}: {_text(remark)}"
    if any(block.below):
        yield ""


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_text, cells))} |"


def _line(line: Line) -> str:
    return _text(plain(line))


def _text(text: str) -> str:
    return _OBEYED.sub(r"\\\1", visible(text))


def _code(text: str) -> list[str]:
    """A block of code, fenced by more backticks than stand in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", text)), default=0))
    return [f"{fence}sh", text, fence]
