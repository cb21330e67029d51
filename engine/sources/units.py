"""A row of units ("kg", "[m/s]") between the names of the columns and their numbers."""

import re
from collections.abc import Sequence

from engine.sources.numbers import are_numbers, is_missing_mark, is_number_in_any_style
from engine.sources.sniff import columns_of

_BRACKETED = re.compile(r"\s*[(\[<].*[)\]>]\s*")
# of a unit without brackets, in characters
_LONGEST = 10


def first_unit(row: Sequence[str], below: Sequence[Sequence[str]], width: int) -> str:
    """The first unit of a row that plainly holds units above columns of numbers, or ""."""
    units = []
    for above, cells in zip(row, columns_of(below, width), strict=False):
        unit = above.strip()
        if not unit or not are_numbers([cell for cell in cells if not is_missing_mark(cell)]):
            continue
        if is_missing_mark(unit) or is_number_in_any_style(unit):
            return ""
        units.append(unit)
    bracketed = bool(units) and all(map(is_bracketed, units))
    short = len(units) > 1 and all(len(unit) <= _LONGEST for unit in units)
    return units[0] if bracketed or short else ""


def is_bracketed(cell: str) -> bool:
    """Whether all of a cell stands in brackets, as "(cm)"."""
    return _BRACKETED.fullmatch(cell) is not None
