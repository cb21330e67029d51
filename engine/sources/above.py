"""What stands above a table: a `sep=` line, comments, titles."""

import re
from collections.abc import Sequence

from engine.sources.encoding import shown
from engine.sources.sniff import evenness, is_any_number
from engine.specs.data import DataSpec

COMMENT_MARKS = ("#", "%", "//")
MAX_TITLES = 30
_SEP = re.compile(r'\s*"?sep=(?P<mark>.)"?\s*', re.IGNORECASE)


def separator_line(lines: Sequence[str], spec: DataSpec) -> tuple[int, DataSpec, tuple[str, ...]]:
    """The lines that `sep=;`, as Excel writes it, takes up; the settings with that delimiter."""
    found = _SEP.fullmatch(lines[0].strip("\r\n")) if lines else None
    if found is None or spec.skip_rows is not None:
        return 0, spec, ()
    if spec.delimiter == "auto":
        spec = spec.model_copy(update={"delimiter": found["mark"]})
    return 1, spec, (f"The first line, {shown(found[0].strip())}, names the delimiter.",)


def comment_above(lines: Sequence[str], requested: str) -> tuple[str, str]:
    """What lines begin with that are no rows, and the last of them directly above the table."""
    if requested == "none":
        return "", ""
    filled = [line for line in lines if line.strip()]
    marks = COMMENT_MARKS if requested == "auto" else (requested,)
    comment = next((m for m in marks if filled and filled[0].startswith(m)), "")
    if requested != "auto":
        comment = requested
    last = ""
    for line in filled:
        if not (comment and line.startswith(comment)):
            return comment, last
        last = line
    return (requested, "") if requested != "auto" else ("", "")


def titles_above(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows are titles: nearly empty, above rows that are even."""
    width, even = evenness(rows[min(MAX_TITLES, len(rows) // 2) :])
    if width < 2 or even < 0.5:
        return 0
    count = 0
    while count < min(MAX_TITLES, len(rows) - 2) and _is_title(rows[count], width):
        count += 1
    return count


def _is_title(row: Sequence[str], width: int) -> bool:
    filled = [cell for cell in row if cell.strip()]
    if len(row) == width:
        alone = len(filled) < 2 and not any(map(is_any_number, filled))
        return width > 2 and alone and (not filled or bool(row[0].strip()))
    if any(map(is_any_number, filled)):
        return len(row) < width and not is_any_number(filled[0])
    names_of_rows = len(filled) == len(row) == width - 1 > 1
    return not names_of_rows and len(filled) <= max(1, width // 2)
