"""Dates and times that are written as text: their formats, found by what most texts have."""

import itertools
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.sources.numbers import is_missing_mark
from engine.specs.data import READER

# of a sample, before any text is read
LOOKS = 0.9
# texts by which a column is found to hold moments, before all are looked at
SAMPLE = 60
_YEARS = (1600, 2200)

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_ISO = re.compile(r"\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:?\d{2}.*)?)?|\d{8}T\d{4,6}.*", re.ASCII)
_NUMERIC = r"\d{1,4}(?P<mark>[./-])\d{1,2}(?P=mark)\d{1,4}(?!\d)"
_NAMED = (
    rf"(?:[a-z]{{3,9}},? )?(?:\d{{1,2}}[ /-]{_MONTH},?[ /-]\d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}})"
)
_WRITTEN = re.compile(
    rf"(?:(?P<date>{_NUMERIC}|{_NAMED})(?P<between>[ T,]*))?(?P<time>\d{{1,2}}:\d{{2}}.*)?",
    re.ASCII | re.IGNORECASE,
)
# what databases write where there is no date
_ZERO_DATE = re.compile(r"(?:0000[-/]00[-/]00|00[./-]00[./-]0000)(?:[ T][0:.]+)?", re.ASCII)
_TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p")
_NAMED_DATES = (
    "%d %b %Y", "%d-%b-%Y", "%d/%b/%Y", "%d %b, %Y", "%b %d, %Y", "%b %d %Y", "%a %d %b %Y",
    "%a, %d %b %Y", "%A, %d %b %Y", "%d %b %y", "%d-%b-%y", "%d/%b/%y",
)  # fmt: skip

Moments = npt.NDArray[np.datetime64]
DayFirst = Literal["auto", "yes", "no"]


@dataclass(frozen=True, slots=True)
class Found:
    """The moments of texts, NaT of those that are none.

    Where days and months could be exchanged, `first` is what was taken to come first. `formats` are
    the ways they are written, as `strptime` has them, or "ISO8601".
    """

    moments: Moments
    first: Literal["day", "month", ""]
    formats: tuple[str, ...] = ()


def is_no_date(text: str) -> bool:
    """Whether a text stands for a missing date."""
    plain = text.strip()
    return is_missing_mark(plain) or _ZERO_DATE.fullmatch(plain) is not None


def _sample(texts: Sequence[str], reader: int) -> list[str]:
    """Some of the texts, since the third reader without those that stand for a missing value."""
    some = (text.strip() for text in texts[:: max(1, len(texts) // SAMPLE)])
    return [text for text in some if reader < 3 or not is_no_date(text)]


def likely_moments(
    texts: Sequence[str], day_first: DayFirst = "auto", reader: int = READER
) -> Found | None:
    """The moments that `texts` say; None where a sample of them does not look like any."""
    sample = _sample(texts, reader)
    if not sample or sum(_looks(text) for text in sample) < LOOKS * len(sample):
        return None
    return read_moments([text.strip() for text in texts], day_first, reader)


def _looks(text: str) -> bool:
    """Whether a text is written like a date, a time or both."""
    return bool(text) and bool(_ISO.fullmatch(text) or _WRITTEN.fullmatch(text))


def read_moments(texts: Sequence[str], day_first: DayFirst = "auto", reader: int = READER) -> Found:
    """The moments that `texts` say, in the way in which most of them are one."""
    sample = [text for text in _sample(texts, reader) if text]
    best = Found(np.full(len(texts), "NaT", "datetime64[s]"), "")
    if sum(bool(_ISO.fullmatch(text)) for text in sample) >= LOOKS * len(sample):
        return Found(parsed_moments(texts, "ISO8601"), "", ("ISO8601",))
    found = [match for text in sample if (match := _WRITTEN.fullmatch(text))]
    dates = [match["date"] for match in found if match["date"]]
    times = [match["time"] for match in found if match["time"]]
    formats = _formats(dates, day_first)
    if not formats:
        fitting = _fitting(_TIMES, times)
        return Found(_read(texts, fitting), "", tuple(fitting)) if times and not dates else best
    most = _fits(formats[0], dates)
    equal = [form for form in formats if _fits(form, dates) == most]
    between = sorted({match["between"] for match in found if match["time"]})
    ways = [_with_times(form, between, _fitting(_TIMES, times)) for form in equal]
    moments = _read(texts, ways[0])
    for way in ways[1:]:
        if way[0] == _exchanged(equal[0]):
            other = _read(texts, way)
            more = int(np.isnat(moments).sum()) - int(np.isnat(other).sum())
            if more >= 0:
                first: Literal["day", "month"] = "month" if way[0].startswith("%d") else "day"
                return (
                    Found(other, "", tuple(way)) if more else Found(moments, first, tuple(ways[0]))
                )
    return Found(moments, "", tuple(ways[0]))


def _formats(dates: Sequence[str], day_first: DayFirst) -> list[str]:
    """The formats that any of the dates has, those of most of them first."""
    marks = sorted({mark for mark in "./-" if any(mark in date for date in dates)})
    candidates: list[str] = []
    for mark, year in itertools.product(marks, ("%Y", "%y")):
        # with slashes Americans are the most who write
        month_first = mark == "/" if day_first == "auto" else day_first == "no"
        orders = ["%m-%d-", "%d-%m-"] if month_first else ["%d-%m-", "%m-%d-"]
        candidates += [f"{order}{year}".replace("-", mark) for order in orders]
        candidates += [f"%Y{mark}%m{mark}%d"] if year == "%Y" else []
    candidates += [
        form for name in _NAMED_DATES for form in (name, name.replace("%b", "%B"))
    ] if any(character.isalpha() for date in dates for character in date) else []  # fmt: skip
    # sorting keeps the order of equals
    ranked = sorted(candidates, key=lambda form: -_fits(form, dates))
    return [form for form in ranked if _fits(form, dates)]


def _exchanged(form: str) -> str:
    """The format with day and month exchanged."""
    return form.translate(str.maketrans("dm", "md"))


def _fits(form: str, texts: Sequence[str]) -> int:
    """How many of the texts have the format."""
    count = 0
    for text in texts:
        with suppress(ValueError):
            datetime.strptime(text, form)
            count += 1
    return count


def _fitting(formats: Sequence[str], texts: Sequence[str]) -> list[str]:
    return [form for form in formats if _fits(form, texts)]


def _with_times(date: str, between: Sequence[str], times: Sequence[str]) -> list[str]:
    return [date, *(f"{date}{mark}{time}" for mark in between for time in times)]


def _read(texts: Sequence[str], formats: Sequence[str]) -> Moments:
    """Each text by the first of the formats that it has, NaT where it has none."""
    found = np.full(len(texts), "NaT", "datetime64[s]")
    for form in formats:
        left = np.flatnonzero(np.isnat(found))
        if not len(left):
            break
        found[left] = parsed_moments([texts[i] for i in left.tolist()], form)
    return found


def parsed_moments(texts: Sequence[str], form: str) -> Moments:
    """The moments of texts that have this format, NaT of the others."""
    moments = pd.to_datetime(pd.Series(texts, dtype=object), format=form, errors="coerce", utc=True)
    plain: Moments = moments.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    if form in _TIMES:
        return plain
    # four digits that are no year, as "0123-01-01"
    years = plain.astype("datetime64[Y]").astype(np.int64) + 1970
    plain[(years < _YEARS[0]) | (years > _YEARS[1])] = np.datetime64("NaT")
    return plain
