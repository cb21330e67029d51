"""Numbers as people write them: decimal marks, thousands, currency, per cent, brackets.

How a file writes its numbers is one convention for the whole of it (`NumberStyle`), found from all
its columns together: "1,200" alone may be 1200 or 1.2, beside "0.5" it is 1200.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from statistics import median
from typing import NamedTuple

# one way only to read a row of digits: with two, a cell of 100,000 of them takes minutes
_POINT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?", re.ASCII)
# cells that are remembered: the first rows are looked at for the delimiter, the names, the units
# and the decimal mark
READ_AGAIN = 20_000
# the characters that a mark between thousands may be written as
THOUSANDS = {
    ",": ",", ".": ".", "space": " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}",
    "apostrophe": "'\N{RIGHT SINGLE QUOTATION MARK}",
}  # fmt: skip
MINUS = "\N{MINUS SIGN}\N{EN DASH}\N{FIGURE DASH}\N{FULLWIDTH HYPHEN-MINUS}"
_CURRENCY = (
    r"(?:[$€£¥₹₽₩₺₴₫₪฿₦₱₡₲₵₸₾]|[A-Z]{0,2}\$|R\$|CHF|EUR|USD|GBP|JPY|CNY|INR|AUD|CAD|SEK|NOK|DKK|PLN"
    r"|CZK|HUF|RUB|BRL|Fr\.?|kr\.?|zł|Kč|Ft|руб\.?|元|円|원)"
)
_DIGIT = re.compile(r"\d")
_AFFIXED = re.compile(
    rf"(?P<open>\()?(?P<minus>[-+])?\s*(?P<before>{_CURRENCY})?\s*(?P<sign>[-+])?"
    rf"(?P<digits>[\d.,' \u00a0\u2009\u202f\u2019]*\d[.,]?(?:[eE][+-]?\d+)?)"
    rf"\s*(?P<after>{_CURRENCY}|%|‰)?(?P<behind>-)?(?P<close>\))?"
)
_GROUPED_BY = re.compile(r"[+-]?[1-9]\d{0,2}([,.])\d{3}", re.ASCII)
# a plain number so many times the marked ones next to it belongs to another order of magnitude
_FAR = 20
# what stands for a missing value among numbers; so does any text without letters or digits
MISSING_MARKS = frozenset(
    ("", "na", "n/a", "n.a.", "n.a", "#n/a", "#na", "nan", "null", "none", "nil", "missing",
     "unknown", "unk", "nd", "n.d.", "nr", "n.r.", "k.a.", "k. a.", "s/d", "n/d", "not available",
     "not applicable", "undefined", "<na>", "(null)", "(blank)", "blank", "empty", "#value!",
     "#div/0!", "#ref!", "#num!", "#name?", "-nan", "1.#ind", "1.#qnan", "-1.#ind", "-1.#qnan",
     "tba", "tbd")
)  # fmt: skip
_OF_MARKS = "?.-_*/#!~ \N{EN DASH}\N{EM DASH}\N{HORIZONTAL ELLIPSIS}"
_LONGEST, _LONGEST_MARK = 60, 8


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a file writes numbers: its decimal mark, and that between thousands.

    `thousands` is a key of `THOUSANDS`, "any" of those that are not the decimal mark, or "none".
    """

    decimal: str = "."
    thousands: str = "any"
    # whether anything but digits, a sign and the decimal mark is part of a number
    as_written: bool = True

    @property
    def separators(self) -> str:
        """The characters that may stand between groups of three digits."""
        if self.thousands == "any":
            return "".join(THOUSANDS.values()).replace(self.decimal, "")
        return THOUSANDS.get(self.thousands, "")


STYLES = (NumberStyle("."), NumberStyle(","))
# as version 0.2 and earlier read them
PLAIN = NumberStyle(".", "none", as_written=False)


class Read(NamedTuple):
    """A number as it was read: its value, its currency or per cent sign, its mark of thousands."""

    value: float
    affix: str = ""
    thousands: str = ""


def is_number(cell: str, decimal: str = ".") -> bool:
    """Whether a cell is a finite number with this decimal mark, and nothing else."""
    pattern = _COMMA if decimal == "," else _POINT
    return pattern.fullmatch(cell.strip()) is not None


def read_number(text: str, style: NumberStyle) -> Read | None:
    """The number that a cell holds, or None."""
    plain = text.strip()
    return _read_again(plain, style) if len(plain) <= _LONGEST else _read(plain, style)


@lru_cache(READ_AGAIN)
def _read_again(plain: str, style: NumberStyle) -> Read | None:
    return _read(plain, style)


def _read(plain: str, style: NumberStyle) -> Read | None:
    if is_number(plain, style.decimal):
        return Read(float(plain.replace(",", ".")))
    if _DIGIT.search(plain) is None:
        # most cells of most texts: nothing else has to be tried
        infinite = plain.lstrip("+-").lower() in ("inf", "infinity")
        return Read(float(plain)) if infinite else None
    return _read_written(plain, style) if style.as_written and len(plain) <= _LONGEST else None


def _read_written(text: str, style: NumberStyle) -> Read | None:
    """A number with anything beside digits and a decimal point."""
    for dash in MINUS:
        text = text.replace(dash, "-")
    found = _AFFIXED.fullmatch(text)
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [s for s in (found["open"], found["minus"], found["sign"], found["behind"]) if s]
    if len(signs) > 1 or (found["before"] and found["after"]):
        return None
    digits = found["digits"].strip()
    mark = ""
    if not is_number(digits, style.decimal):
        grouped = _grouped(style.separators, style.decimal).fullmatch(digits)
        if grouped is None:
            return None
        mark = grouped["mark"]
        digits = digits.replace(mark, "")
    value = float(digits.replace(style.decimal, "."))
    negative = bool(signs) and signs[0] != "+"
    return Read(-value if negative else value, found["before"] or found["after"] or "", mark)


@cache
def _grouped(separators: str, decimal: str) -> re.Pattern[str]:
    """Digits in groups of three (of the last three and twos, as in India) with one mark."""
    marks = re.escape(separators) or "(?!)"
    return re.compile(
        rf"[1-9]\d{{0,2}}(?P<mark>[{marks}])(?:(?:\d{{3}}(?P=mark))*|(?:\d\d(?P=mark))+)\d{{3}}"
        rf"(?:{re.escape(decimal)}\d*)?"
        if separators
        else r"(?!)(?P<mark>)",
        re.ASCII,
    )


def is_number_in_any_style(cell: str) -> bool:
    """Whether a cell is a number, with a decimal point or comma, as people write them."""
    return any(read_number(cell, style) for style in STYLES)


def are_numbers(cells: Sequence[str]) -> bool:
    """Whether there are cells, and all are numbers of one style."""
    return bool(cells) and any(all(read_number(c, style) for c in cells) for style in STYLES)


def is_missing_mark(text: str) -> bool:
    """Whether a text among numbers stands for a value that is missing."""
    if text[-1:].isdigit():
        # most cells of most tables
        return False
    plain = text.strip().lower()
    return plain in MISSING_MARKS or (len(plain) <= _LONGEST_MARK and not plain.strip(_OF_MARKS))


def detect_style(
    columns: Sequence[Sequence[str]], decimal: str, thousands: str, *, comma_between: bool
) -> NumberStyle:
    """How numbers are written in the cells of `columns`; what is not "auto" is given.

    A comma is the decimal mark when some column of numbers proves it and none the point. Where all
    that is known are numbers like "1,200" or "1.200", they are decimals, unless currency or the
    plain numbers beside them say otherwise, or a comma stands between the cells
    (`comma_between`), so that no file with decimal commas would be written that way.
    """
    if decimal == "auto" and thousands in (",", "."):
        decimal = "." if thousands == "," else ","
    if decimal == "auto":
        hints = {_hint(cells) for cells in columns}
        sure = [mark for mark in ".," if mark in hints]
        likely = [] if comma_between else [mark for mark in ".," if f"{mark}?" in hints]
        decimal = (*sure, *likely, ".")[0]
    return NumberStyle(decimal, "any" if thousands == "auto" else thousands)


def _hint(cells: Sequence[str]) -> str:
    """The decimal mark that a column's cells prove, with "?" what they suggest; else ""."""
    values = [cell.strip() for cell in cells if not is_missing_mark(cell)]
    point, comma = (all(read_number(cell, style) for cell in values) for style in STYLES)
    if not (point and comma):
        return "." if point else "," if comma else ""
    marked = [cell for cell in values if "," in cell or "." in cell]
    if len({mark for cell in marked for mark in cell if mark in ",."}) != 1:
        return ""
    mark, other = (",", ".") if "," in marked[0] else (".", ",")
    if not all(_GROUPED_BY.fullmatch(cell) for cell in marked):
        # more than one mark, a currency, brackets; of these only per cent goes with decimals
        return f"{mark if '%' in marked[0] else other}?"
    plain = [abs(float(cell)) for cell in values if cell not in marked]
    decimals = [abs(float(cell.replace(",", "."))) for cell in marked]
    # 701 beside 1,100 is no 1.1; 3 beside 1.125 is no thousand
    of_another_order = bool(plain) and median(plain) > _FAR * median(decimals)
    return f"{other if of_another_order else mark}?"


def style_note(
    names: Sequence[str], columns: Sequence[Sequence[str]], style: NumberStyle
) -> tuple[str, ...]:
    """A note on the decimal comma, and on columns whose cells speak against the file's marks."""
    notes = []
    if style.decimal == ",":
        notes.append(
            "Numbers are read with a decimal comma; if they have none, set decimal to '.'."
        )
    other = next(one for one in STYLES if one.decimal != style.decimal)
    against = []
    for name, cells in zip(names, columns, strict=True):
        cell = next((cell for cell in cells if style.decimal in cell), None)
        # what cannot be read otherwise says nothing against it
        if cell and read_number(cell, other) and _hint(cells) == f"{other.decimal}?":
            against.append((name, cell))
    if against:
        name, cell = against[0]
        more = f", and {len(against) - 1:,} more columns" if len(against) > 1 else ""
        notes.append(
            f"Column {name!r}{more}: {cell!r} is read with {style.decimal!r} as decimal mark,"
            " though the numbers beside it are of another order. If it is a mark of thousands, set"
            f" thousands to {style.decimal!r}."
        )
    return tuple(notes)
