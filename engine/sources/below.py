"""What stands below a table: totals and notes."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from engine.sources.encoding import shown
from engine.sources.layout import Layout, Record
from engine.sources.numbers import is_missing_mark
from engine.sources.sniff import columns_of, is_any_number
from engine.specs.data import DataSpec

MAX_BELOW = 30
_TOTALS = frozenset(
    ("total", "totals", "grand total", "sum", "subtotal", "average", "avg", "mean", "count",
     "std", "sd", "std dev", "standard deviation", "median", "minimum", "maximum", "min", "max",
     "summe", "gesamt", "gesamtsumme", "insgesamt", "durchschnitt", "mittelwert", "somme",
     "moyenne", "totale", "media", "totaal", "suma", "razem", "celkem", "summa", "totalt",
     "итого", "всего", "сумма", "среднее", "toplam",
     "合计", "总计", "合計", "總計", "平均", "합계", "총계")
)  # fmt: skip
_TOTAL_BEGINS = ("total ", "sum of ", "grand total", "totals ", "summe ", "gesamt ")
# what the first cell of a total may begin with
_INITIALS = frozenset({"", " ", "*", "="} | {c for t in _TOTALS for c in (t[0], t[0].upper())})


@dataclass(frozen=True, slots=True)
class Below:
    """How many rows that are not empty stand below the table, and the notes about them."""

    rows: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class LastRows:
    """The rows at the end of a file, as far as they may be no rows of the table.

    `push` takes each row that is not empty in turn and gives those that are rows of the table by
    now; `end` says which of the others are not. Nothing is judged by reader 1, and nothing but
    their number where `skip_footer` says it.
    """

    layout: Layout
    spec: DataSpec
    held: deque[Record] = field(default_factory=deque)

    def __post_init__(self) -> None:
        # rows are judged by what is in them
        self._judges = self.spec.reader > 1 and self.spec.skip_footer is None
        self._width = self.layout.width

    @property
    def initials(self) -> frozenset[str] | None:
        """What a whole row begins with that may be held; None where any row may be.

        "" is a row that begins with an empty cell.
        """
        if self._judges:
            return _INITIALS
        return None if self.spec.skip_footer else frozenset()

    def may_begin(self, first: str) -> bool:
        """Whether a row of the right width and this first cell may be held, or be no row at all."""
        cell = first.strip()
        return not cell or (self._judges and _is_total(cell))

    def released(self) -> Sequence[Record]:
        """The rows that are of the table, now that one follows them that is never held."""
        found = (*self.held,)
        self.held.clear()
        return found

    def push(self, record: Record) -> Sequence[Record]:
        """The rows that are of the table, now that `record` follows them."""
        if self._judges:
            if len(self.held) < MAX_BELOW and self._may_be_below(record[0]):
                self.held.append(record)
                return ()
            if not self.held:
                return (record,)
            found = (*self.held, record)
            self.held.clear()
            return found
        self.held.append(record)
        if len(self.held) > (self.spec.skip_footer or 0):
            return (self.held.popleft(),)
        return ()

    def end(self) -> Below:
        """What is held at the end of the file."""
        if not self.held:
            return Below()
        rows, line = len(self.held), self.layout.lines_above + self.held[0][1]
        first = shown(" ".join(cell for cell in self.held[0][0] if cell.strip()), 40)
        what = "1 row" if rows == 1 else f"{rows:,} rows"
        verb = "is" if rows == 1 else "are"
        notice = (
            "" if self.spec.skip_footer is not None
            else " If it is a row of the table, set skip_footer to 0."
        )  # fmt: skip
        return Below(
            rows,
            (f"{what} below the table {verb} left out, from line {line:,}:"
             f" {first}.{notice}",),
        )  # fmt: skip

    def _may_be_below(self, row: Sequence[str]) -> bool:
        even = len(row) == self._width
        if even and row[0][:1] not in _INITIALS:
            return False
        first = (row[0].strip() if row else "") or next(filter(None, map(str.strip, row)), "")
        if not first:
            # an empty row between a total and a note
            return bool(self.held)
        if even and not _is_total(first):
            return False
        filled = [cell.strip() for cell in row if cell.strip()]
        if not even:
            short = len(filled) <= max(1, self._width // 2) or self._among_numbers(row)
            # a row that was cut off begins as other rows do
            whole = [other[0].strip() for other in self.layout.rows if len(other) == self._width]
            begins = filled[0] in whole
            plain = is_any_number(filled[0]) or is_missing_mark(filled[0])
            return short and not begins and not plain
        return (
            len(filled) < self._width or self._among_numbers(row) or self._number_among_texts(row)
        )

    def _among_numbers(self, row: Sequence[str]) -> bool:
        """Whether the word for a total stands where the rows above have numbers."""
        place = next(i for i, cell in enumerate(row) if cell.strip())
        if place >= self._width:
            return False
        others = [c for c in self._columns[place] if not _is_total(c.strip())]
        return bool(others) and all(is_any_number(c) or is_missing_mark(c) for c in others)

    def _number_among_texts(self, row: Sequence[str]) -> bool:
        """Whether a number, such as a count, stands where the rows above have none."""
        return self.spec.reader > 2 and any(
            is_any_number(cell) and above and not any(map(is_any_number, above))
            for cell, above in zip(row, self._columns, strict=True)
        )

    @cached_property
    def _columns(self) -> list[list[str]]:
        """The cells of each column of the first rows, since reader 3 without totals among them."""
        whole = [row for row in self.layout.rows if len(row) == self._width]
        if self.spec.reader > 2:
            whole = [row for row in whole if not _is_total(row[0].strip())]
        return list(columns_of(whole, self._width))


@lru_cache(maxsize=1024)
def _is_total(cell: str) -> bool:
    plain = cell.casefold().strip(" .:*=-")
    return plain in _TOTALS or plain.startswith(_TOTAL_BEGINS)


def below_table(records: Iterable[Record], layout: Layout, spec: DataSpec) -> Below:
    """What stands below the table of these rows, all of those that are not empty."""
    last = LastRows(layout, spec)
    for record in records:
        last.push(record)
    return last.end()
