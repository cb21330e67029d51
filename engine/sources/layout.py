"""Which lines of a text are the table: what stands above, below and between its rows.

Titles, comments, a `sep=` line and units above; totals and notes below; delimiters that end a row;
names of rows without a name. Each of these is noted, and a setting says what to do instead.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from engine.errors import EngineError
from engine.sources import first_reader
from engine.sources.above import comment_above, separator_line, titles_above
from engine.sources.encoding import shown
from engine.sources.merged_names import merged_names
from engine.sources.sniff import (
    Dialect,
    detect_dialect,
    detect_header,
    evenness,
    is_blank,
    rows_looked_at,
)
from engine.sources.units import first_unit
from engine.specs.data import DataSpec

ROW_NAME = "row name"


# a row of cells, and the lines of the text (from 1) on which it begins and ends
Record = tuple[list[str], int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a table are.

    `lines_above` lines precede the first row of data. A row has `width` cells, of which those at
    `places` are columns, called `names` as they are written ("" without a name). `comment` begins
    lines that are no rows. `left_out` says for a column (of its name) why it is not learnt from,
    and `types` what the file itself declares.
    """

    dialect: Dialect
    lines_above: int
    width: int
    places: tuple[int, ...]
    names: tuple[str, ...]
    has_header: bool
    rows: tuple[list[str], ...]
    comment: str = ""
    notes: tuple[str, ...] = ()
    types: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    # texts that stand for a missing value in every column
    missing: tuple[str, ...] = ()
    # the column that the file itself calls the class
    target: str = ""
    # whether the names stand in the last comment above the rows
    named_by_comment: bool = False


def records(lines: Iterable[str], dialect: Dialect, comment: str = "") -> Iterator[Record]:
    """The rows of the lines, empty ones as well, without the lines that `comment` begins.

    Raises csv.Error as `csv.reader` does.
    """
    dropped = 0

    def kept() -> Iterator[str]:
        nonlocal dropped
        for line in lines:
            if line.startswith(comment):
                dropped += 1
            else:
                yield line

    reader = dialect.rows(kept() if comment else lines)
    done = 0
    for row in reader:
        spans, done = reader.line_num - done, reader.line_num
        yield row, done + dropped - spans + 1, done + dropped


def lay_out(text: str, whole: bool, spec: DataSpec) -> Layout:
    """Where the rows are in the text that a file begins with, `whole` where that is all of it."""
    lines = list(io.StringIO(text, newline=""))
    if spec.reader == 1:
        return _as_before(lines, whole, spec)
    above, spec, notes = separator_line(lines, spec)
    if spec.skip_rows is not None:
        above = max(above, spec.skip_rows)
    comment, header_line = comment_above(lines[above:], spec.comment)
    body = [line for line in lines[above:] if not (comment and line.startswith(comment))]
    dialect = detect_dialect(body, whole, spec)
    found = _sample(lines[above:], dialect, comment, whole, spec.reader)
    if not found:
        raise EngineError(
            "The file holds no row of a table, nothing but comments or what skip_rows leaves out.",
            "Set comment to none, or skip_rows to less.",
        )
    if comment:
        notes += (f"Lines that begin with {comment!r} are comments and are left out.",)
    titles = titles_above([row for row, _, _ in found]) if spec.skip_rows is None else 0
    if titles:
        first = shown(" ".join(cell for cell in found[0][0] if cell), 40)
        notes += (
            f"{_lines(titles)} above the table {_is(titles)} left out: {first}. If not a title, set"
            " skip_rows to 0.",
        )
    found = found[titles:]
    layout = Layout(
        dialect, above + found[0][1] - 1, len(found[0][0]), (), (), False,
        tuple(row for row, _, _ in found), comment, notes,
    )  # fmt: skip
    layout = _with_header(layout, found, header_line, spec)
    return _columns(_without_units(layout, found, spec.header), spec)


def _as_before(lines: list[str], whole: bool, spec: DataSpec) -> Layout:
    """As version 0.2 and earlier read: the table begins on the first line and ends on the last."""
    if spec.delimiter == "auto":
        quote = {"none": "", "auto": '"'}.get(spec.quote, spec.quote)
        delimiter = first_reader.best_delimiter(lines, whole, quote)
        spec = spec.model_copy(update={"delimiter": delimiter})
    dialect = detect_dialect(lines, whole, spec)
    found = _sample(lines, dialect, "", whole, spec.reader)
    if not found:
        raise EngineError("The file holds no row.", "Choose a file with rows in it.")
    rows = [row for row, _, _ in found]
    has_header = detect_header(rows) if spec.header == "auto" else spec.header == "yes"
    width = len(rows[0])
    names = tuple(rows[0]) if has_header else ()
    above = found[0][2] if has_header else found[0][1] - 1
    return Layout(dialect, above, width, tuple(range(width)), names, has_header,
                  tuple(rows[has_header:]))  # fmt: skip


def _sample(
    lines: list[str], dialect: Dialect, comment: str, whole: bool, reader: int
) -> list[Record]:
    """The first rows that are not empty, without a last one that may be incomplete."""
    found = []
    for record in records(lines, dialect, comment):
        if is_blank(record[0]):
            continue
        found.append(record)
        most = rows_looked_at(len(record[0]), reader)
        if len(found) > most:
            return found[:most]
    if not whole and len(found) > 1:
        found.pop()
    return found


def _with_header(
    layout: Layout, found: Sequence[Record], comment_line: str, spec: DataSpec
) -> Layout:
    """The layout with the names of its columns, if a row or a comment above has them."""
    rows, requested = layout.rows, spec.header
    has_header = detect_header(rows) if requested == "auto" else requested == "yes"
    if requested == "auto" and comment_line and not has_header:
        plain = comment_line.removeprefix(layout.comment).strip()
        names = next(iter(layout.dialect.rows([plain])), [])
        if len(names) == layout.width > 1:
            note = "The columns are named by the last comment above them."
            names = [names[0] or layout.comment, *names[1:]]
            return replace(layout, names=tuple(names), has_header=True, named_by_comment=True,
                           notes=(*layout.notes, note))  # fmt: skip
    two = merged_names(rows) if requested == "auto" and spec.reader > 2 else None
    if two is not None:
        some = ", ".join(shown(name, 30) for name in filter(None, two[:4]))
        note = (
            f"The columns are named by two rows ({some} …). If the second is a row of data, set"
            " header to yes."
        )
        return replace(_below(layout, found, 2), names=two, notes=(*layout.notes, note))
    if not has_header:
        return layout
    return replace(_below(layout, found, 1), names=tuple(rows[0]))


def _below(layout: Layout, found: Sequence[Record], count: int) -> Layout:
    """The layout whose first `count` rows name the columns."""
    # the line on which data begins, or would
    begins = found[count][1] if len(found) > count else found[-1][2] + 1
    return replace(layout, lines_above=layout.lines_above + begins - found[0][1], has_header=True,
                   rows=layout.rows[count:])  # fmt: skip


def _without_units(layout: Layout, found: Sequence[Record], requested: str) -> Layout:
    """The layout without a first row of units, where that is plain.

    Who says that there is a header (`requested`) has seen what is below it, too.
    """
    if not layout.has_header or requested == "yes" or len(layout.rows) < 4:
        return layout
    units, *rest = layout.rows
    unit = first_unit(units, rest, layout.width)
    if not unit:
        return layout
    place = next(i for i, one in enumerate(found) if one[0] is units)
    after = found[place + 1][1] - found[place][1]
    note = (
        f"The row below the names holds units ({shown(unit)}) and is left out. If it is a row"
        " of data, set header to yes."
    )
    return replace(layout, rows=tuple(rest), lines_above=layout.lines_above + after,
                   notes=(*layout.notes, note))  # fmt: skip


def _columns(layout: Layout, spec: DataSpec) -> Layout:
    """The layout with the places of its columns: what ends a row, and names of rows."""
    width, _ = evenness(layout.rows) if layout.rows else (layout.width, 1.0)
    if not layout.has_header:
        names = ("",) * layout.width
        return _without_trailing(replace(layout, names=names))
    if width == len(layout.names) + 1:
        last = [row[-1] for row in layout.rows if len(row) == width]
        if not any(cell.strip() for cell in last):
            # the rows end with a delimiter, and their names do not
            return _without_trailing(replace(layout, width=width, names=(*layout.names, "")))
        note = (
            f"The rows begin with a name that the first row has none for: it is called {ROW_NAME!r}"
            " and excluded."
        )
        return _without_trailing(
            replace(layout, width=width, names=(ROW_NAME, *layout.names),
                    left_out={ROW_NAME: note}, notes=(*layout.notes, note))
        )  # fmt: skip
    if width == len(layout.names) - 1 and not layout.names[-1].strip():
        return _without_trailing(replace(layout, width=width, names=layout.names[:-1]))
    return _without_trailing(replace(layout, width=len(layout.names)))


def _without_trailing(layout: Layout) -> Layout:
    """The layout without last columns that have neither a name nor a value."""
    width = layout.width
    while width > 2 and not layout.names[width - 1].strip():
        if any(len(row) >= width and row[width - 1].strip() for row in layout.rows):
            break
        width -= 1
    ends = layout.width - width
    notes = layout.notes
    if ends and layout.rows:
        notes += (
            "The rows end with a delimiter; the empty column behind it is left out."
            if ends == 1
            else f"The rows end with {ends:,} delimiters; the empty columns are left out.",
        )
    return replace(layout, places=tuple(range(width)), names=layout.names[:width], notes=notes)


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
