"""Which column of a file is most likely the class, before a person has said."""

from itertools import chain
from typing import TYPE_CHECKING

from engine.sources.numbers import is_missing_mark, read_number

if TYPE_CHECKING:
    from engine.sources.inspect import FileFacts

# the names a class column usually has, in this order
USUAL_TARGETS = ("species", "class", "target", "label", "y", "variety", "type", "category")


def likely_target(facts: "FileFacts", before: str = "") -> str:
    """The column that is most likely the class.

    That is what the file says or what it was before; else a usual name, or the last column, of
    those whose first rows may be classes. Where none is, the name alone counts.
    """
    for known in (facts.layout.target, before):
        if known in facts.columns:
            return known
    by_name = {column.casefold(): column for column in facts.columns}
    usual = [by_name[name] for name in USUAL_TARGETS if name in by_name]
    likely = chain(usual, reversed(facts.columns))
    place = {column: i for i, column in enumerate(facts.columns)}
    found = (column for column in likely if _may_be_class(facts, place[column]))
    return next(found, usual[0] if usual else facts.columns[-1])


def _may_be_class(facts: "FileFacts", place: int) -> bool:
    """Whether the first rows of a column repeat, and are no real numbers."""
    cells = [row[place].strip() for row in facts.sample if place < len(row)]
    # most columns of most tables; nothing else has to be looked at
    if len(set(cells)) == len(cells):
        return False
    there = [cell for cell in cells if cell and not is_missing_mark(cell)]
    numbers = [read_number(cell, facts.style) for cell in there]
    whole = all(number is not None and number.value.is_integer() for number in numbers)
    return len(set(there)) < len(there) and (whole or None in numbers)
