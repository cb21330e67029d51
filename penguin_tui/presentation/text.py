"""Figures, times and foreign text as a person reads them.

Everything here returns plain text without markup. Foreign text is laid out as it is: the gate
to the terminal (`terminal/gate`) shows a mark of one cell for what is not to be seen.
"""

import csv
import io
import itertools
import math
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.results.interval import Interval
    from engine.results.statistics import Band

NOTHING = "–"
ELLIPSIS = "…"
NO_BREAK = "\N{NO-BREAK SPACE}"
_BETWEEN_WORDS = " _-./:"
# in fewer cells nothing is told from anything
_TELLS = 3

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clipped(text: str, limit: int) -> str:
    """`text` cut to `limit` characters, the last one an ellipsis when something is lost."""
    return text if len(text) <= limit else text[: max(0, limit - 1)] + ELLIPSIS


def cell_width(text: str) -> int:
    """How many cells of a terminal `text` takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fitted(text: str, cells: int, *, right: bool = False) -> str:
    """`text` in exactly so many cells of a terminal, ending in an ellipsis where it is cut.

    Where it is shorter the blanks stand after it, or before it (`right`).
    """
    if cell_width(text) > cells:
        text = _cut(text, cells - 1).rstrip() + ELLIPSIS if cells > 0 else ""
    space = " " * (cells - cell_width(text))
    return space + text if right else text + space


def shortened(texts: Sequence[str], cells: int) -> list[str]:
    """Names that stand together, each cut to so many cells, different ones staying different.

    Where the cut would make some the same, the words that these begin with go: "Sample from site 1"
    and "Sample from site 2" in eight cells are "…1" and "…2". Where that is no help the middle
    goes, and at last a number says which one is meant.
    """
    short = {text: fitted(text, min(cells, cell_width(text))).rstrip() for text in texts}
    for ways in (_ends, _both_ends, _numbered):
        alike = _alike(short) if cells >= _TELLS else []
        for same in alike:
            short |= ways(same, cells)
    return [short[text].rstrip() for text in texts]


def _alike(short: Mapping[str, str]) -> list[list[str]]:
    """The texts that are cut to the same, by what they are cut to."""
    found: dict[str, list[str]] = {}
    for text, cut in short.items():
        found.setdefault(cut, []).append(text)
    return [same for same in found.values() if len(same) > 1]


def _ends(texts: Sequence[str], cells: int) -> dict[str, str]:
    """Each from the word on in which they differ."""
    columns = zip(*texts, strict=False)
    length = sum(1 for _ in itertools.takewhile(lambda column: len(set(column)) == 1, columns))
    word = max(texts[0].rfind(mark, 0, length) for mark in _BETWEEN_WORDS) + 1
    rests = [text[word or length :] for text in texts]
    if len({rest.strip() for rest in rests}) < len(rests):
        return {}
    return dict(zip(texts, (ELLIPSIS + end for end in shortened(rests, cells - 1)), strict=True))


def _both_ends(texts: Sequence[str], cells: int) -> dict[str, str]:
    """Those that are cut, each with its beginning and its end."""
    last = (cells - 1) // 2
    return {
        text: f"{_cut(text, cells - 1 - last).rstrip()}{ELLIPSIS}{_cut(text[::-1], last)[::-1]}"
        for text in texts
        if cell_width(text) > cells
    }


def _numbered(texts: Sequence[str], cells: int) -> dict[str, str]:
    """Those that are cut, each with its place among those that nothing else tells apart."""
    return {
        text: f"{_cut(text, cells - 1 - len(str(place)))}{ELLIPSIS}{place}"
        for place, text in enumerate(texts, 1)
        if cell_width(text) > cells
    }


def _cut(text: str, cells: int) -> str:
    taken = 0
    for index, character in enumerate(text):
        taken += _cells(character)
        if taken > cells:
            return text[:index]
    return text


def ordinal(number: int) -> str:
    """A place in a row as "1st", "2nd", "3rd", "4th"."""
    special = {1: "st", 2: "nd", 3: "rd"} if number % 100 not in (11, 12, 13) else {}
    return f"{number}{special.get(number % 10, 'th')}"


def percent(fraction: float | None) -> str:
    """A fraction as "95.7 %"."""
    return NOTHING if fraction is None or math.isnan(fraction) else f"{100 * fraction:.1f} %"


def bounds(low: float, high: float) -> str:
    """The ends of an interval of fractions as "88.0–98.5", in percent."""
    return f"{100 * low:.1f}–{100 * high:.1f}"


def interval(value: "Interval | None") -> str:
    """A fraction with its 95 % interval over rows, if any, as "95.7 % (88.0–98.5)"."""
    if value is None:
        return NOTHING
    if value.covers is None:
        return percent(value.value)
    return f"{percent(value.value)} ({bounds(value.low, value.high)})"


def band_interval(value: "Band | None") -> str:
    """The 95 % interval of a mean and what it covers: "88.0–98.5 seeds"; empty without one."""
    if value is None or value.low is None or value.high is None:
        return ""
    return f"{bounds(value.low, value.high)} {value.covers}"


def band(value: "Band | None") -> str:
    """A mean over repeats with its 95 % interval as "95.7 % (88.0–98.5 splits)"."""
    if value is None:
        return NOTHING
    found = band_interval(value)
    return percent(value.mean) + (f" ({found})" if found else "")


def mean_std(mean: float | None, std: float | None) -> str:
    """A mean score as "95.7 % ± 1.2"; the mean alone without `std`, the spread over folds.

    Whatever shows it says that it is the standard deviation over folds.
    """
    return percent(mean) + (f" ± {100 * std:.1f}" if std is not None else "")


def count(number: int | None) -> str:
    """A whole number as "11,103"."""
    return NOTHING if number is None else f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 row", "344 rows"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def figure(number: float | None, digits: int = 4) -> str:
    """A loss, a rate or a measurement with about `digits` digits that count."""
    if number is None or math.isnan(number):
        return NOTHING
    if math.isinf(number):
        return "∞" if number > 0 else "-∞"
    size = abs(number)
    if size == 0:
        return "0"
    if size >= 10**digits:
        return f"{number:,.0f}" if round(size) < 1e8 else f"{number:.{digits - 1}e}"
    if size < 1e-4:
        return _scientific(number, digits - 1)
    return f"{number:.{max(0, digits - 1 - math.floor(math.log10(size)))}f}"


def short(number: float | None) -> str:
    """A figure as briefly as an axis wants it: "0.25", "1e-5", "12,000"."""
    if number is None or not math.isfinite(number):
        return figure(number)
    if number == 0:
        return "0"
    if 1e-3 <= abs(number) < 1e6:
        whole, dot, rest = f"{number:,.4f}".partition(".")
        if abs(number) >= 1000:
            return whole
        return (whole + dot + rest).rstrip("0").rstrip(".")
    return _scientific(number, 2)


def _scientific(number: float, decimals: int) -> str:
    mantissa, exponent = f"{number:.{decimals}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def csv_row(cells: Iterable[str]) -> str:
    """The cells as one line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def duration(seconds: float | None) -> str:
    """A time span as "0.4 s", "42 s", "2 min 05 s", "1 h 03 min" or "2 d 4 h"."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02d} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"


def span(least: float, most: float) -> str:
    """A range of durations as "20 s to 1 min 05 s"."""
    low, high = duration(least), duration(most)
    return low if low == high else f"{low} to {high}"


def when(moment: float | None, now: float | None = None) -> str:
    """A moment (seconds since 1970) in local time: "14:03", "24 Nov 14:03", "24 Nov 2025"."""
    if moment is None:
        return NOTHING
    then, today = time.localtime(moment), time.localtime(now)
    clock = f"{then.tm_hour:02d}:{then.tm_min:02d}"
    day = f"{then.tm_mday} {_MONTHS[then.tm_mon - 1]}"
    if then[:3] == today[:3]:
        return clock
    return f"{day} {clock}" if then.tm_year == today.tm_year else f"{day} {then.tm_year}"


def day(moment: float, now: float | None = None) -> str:
    """The day of a moment (seconds since 1970) as one looks for it: "yesterday 24 Nov 2026"."""
    then, today = (date(*time.localtime(at)[:3]) for at in (moment, now))
    near = {0: "today ", 1: "yesterday "}.get((today - then).days, "")
    return f"{near}{then.day} {_MONTHS[then.month - 1]} {then.year}"


def clock(moment: float) -> str:
    """The time of day of a moment (seconds since 1970), local: "14:03:27"."""
    return time.strftime("%H:%M:%S", time.localtime(moment))


def rate(per_second: float | None, noun: str) -> str:
    """A speed as "21.3 epochs/s"."""
    if per_second is None or not math.isfinite(per_second):
        return NOTHING
    number = f"{per_second:,.0f}" if per_second >= 100 else f"{per_second:.1f}"
    return f"{number} {noun}/s"


def size(number: int) -> str:
    """Bytes as "13.5 kB"."""
    if number < 1000:
        return f"{number} B"
    steps = 1 if number < 999_950 else 2 if number < 999_950_000 else 3
    return f"{number / 1000**steps:.1f} {('kB', 'MB', 'GB')[steps - 1]}"
