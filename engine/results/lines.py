"""What a query for the lines of a file results in: its text as it stands there."""

from engine.specs.base import Frozen


class RawLine(Frozen):
    """A line of a file, counted from 1; of a format without lines a row of the table."""

    number: int
    text: str


class RawLines(Frozen):
    """The first line of a file and those around the one that was asked for, in their order."""

    lines: tuple[RawLine, ...]
