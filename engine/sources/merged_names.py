"""Names of columns that stand in two rows, as under the merged cells of a spreadsheet."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, chain, groupby

from engine.sources.numbers import are_numbers, is_missing_mark, is_number_in_any_style
from engine.sources.sniff import columns_of, evenness
from engine.sources.units import is_bracketed

# rows of data that the names are told apart by
_ROWS = 2


def merged_names(rows: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """The columns' names where the first row groups what the second one names; else None.

    A group goes on where the same text, or no text, follows it. There are two of several names, or
    names of one come again below another, as "min" and "max" do; else the second row is as likely
    of units or of data. Names that merged cells tell apart stay as they are; the others begin with
    their group.
    """
    if len(rows) < 2 + _ROWS:
        return None
    groups, names = ([cell.strip() for cell in row] for row in rows[:2])
    width, _ = evenness(rows[2:])
    if not len(groups) == len(names) == width or not _names_numbers(names, rows[2:]):
        return None
    filled: list[str] = list(accumulate(groups, _own_or_before))
    spans = [list(span) for _, span in groupby(range(width), key=filled.__getitem__)]
    if not _group(filled, names, spans):
        return None
    alike = Counter(names)
    found = []
    for span in spans:
        # written above each of its columns it is a part of their names, as it is of a single one's
        told = all(groups[i] for i in span)
        for i in span:
            group = filled[i] if told or alike[names[i]] > 1 else ""
            found.append(f"{group} {names[i]}".strip() if names[i] else groups[i])
    return tuple(found)


def _own_or_before(before: str, own: str) -> str:
    return own or before


def _group(filled: Sequence[str], names: Sequence[str], spans: Sequence[Sequence[int]]) -> bool:
    """Whether the groups of these columns are of several names."""
    named = [{names[i] for i in span} - {""} for span in spans if filled[span[0]]]
    several = [found for found in named if len(found) > 1]
    groups_of = Counter(chain.from_iterable(named))
    return len(several) > 1 or any(groups_of[name] > 1 for found in several for name in found)


def _names_numbers(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row is texts alone and no units, some of them above a column of numbers."""
    texts = list(filter(None, names))
    if any(
        is_missing_mark(text) or is_number_in_any_style(text) or is_bracketed(text)
        for text in texts
    ):
        return False
    columns = zip(names, columns_of(below, len(names)), strict=True)
    return any(
        name and are_numbers([cell for cell in cells if not is_missing_mark(cell)])
        for name, cells in columns
    )
