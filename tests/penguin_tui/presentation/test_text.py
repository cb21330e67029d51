"""What a person reads: figures with their units, and foreign text that cannot act."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.results.statistics import wilson
from penguin_tui.presentation.text import (
    clipped,
    count,
    counted,
    duration,
    figure,
    interval,
    percent,
    rate,
    sanitize,
    short,
    size,
    when,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Adelie", "Adelie"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\r\nb\tc\x00\x7f", "a␍␊b␉c␀␡"),
        ("\x9b2J", "<009B>2J"),
        ("abc\u202edcba", "abc<202E>dcba"),
        ("zero\u200bwidth\ufeff", "zero<200B>width<FEFF>"),
        ("\udcff", "<DCFF>"),
        ("Größe 企鹅 펭귄", "Größe 企鹅 펭귄"),
        ("[red]", "[red]"),
        ("a" + "\u0301" * 50 + "b", "a" + "\u0301" * 3 + "b"),
    ],
)
def test_foreign_text_is_shown_and_not_obeyed(text: str, shown: str) -> None:
    assert sanitize(text) == shown


@given(st.text(alphabet=st.characters(exclude_categories=())), st.integers(1, 40))
def test_harmless_text_holds_nothing_a_terminal_obeys_and_keeps_its_limit(
    text: str, limit: int
) -> None:
    shown = sanitize(text, limit)
    assert len(shown) <= limit
    refused = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not [c for c in shown if unicodedata.category(c) in refused]


def test_long_text_ends_in_an_ellipsis() -> None:
    assert clipped("bill_length_mm", 8) == "bill_le…"
    assert sanitize("x" * 10_000, 12) == "x" * 11 + "…"
    assert len(sanitize("\n" * 10_000)) == 500


def test_shares_and_their_intervals() -> None:
    assert percent(0.957) == "95.7 %"
    assert percent(None) == "–"
    assert percent(math.nan) == "–"
    assert interval(wilson(66, 69)) == "95.7 % (88.0–98.5)"
    assert interval(None) == "–"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0.0, "0"), (1.0986122, "1.099"), (0.0009765625, "0.0009766"), (1e-5, "1e-5"),
        (1.25e-7, "1.25e-7"), (12345.678, "12,346"), (4201.754, "4202"), (-0.5, "-0.5000"),
        (math.inf, "∞"), (-math.inf, "-∞"), (math.nan, "–"), (None, "–"), (3.2e12, "3.200e+12"),
    ],
)  # fmt: skip
def test_figures(number: float | None, shown: str) -> None:
    assert figure(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0.25, "0.25"), (1e-5, "1e-5"), (12_000, "12,000"), (0, "0"), (2, "2"), (-3.5, "-3.5")],
)
def test_axis_figures(number: float, shown: str) -> None:
    assert short(number) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.42, "0.4 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"),
        (3780, "1 h 03 min"), (187_200, "2 d 4 h"), (-1, "0.0 s"), (None, "–"), (math.inf, "–"),
    ],
)  # fmt: skip
def test_durations(seconds: float | None, shown: str) -> None:
    assert duration(seconds) == shown


def test_counts_speeds_and_sizes() -> None:
    assert count(11_103) == "11,103"
    assert counted(1, "row") == "1 row"
    assert counted(344, "row") == "344 rows"
    assert counted(2, "class", "classes") == "2 classes"
    assert rate(21.34, "epochs") == "21.3 epochs/s"
    assert rate(1234.5, "epochs") == "1,234 epochs/s"
    assert size(999) == "999 B"
    assert size(13_478) == "13.5 kB"
    assert size(2_000_000_000) == "2.0 GB"


def test_moments_say_no_more_than_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    now = 1_795_000_000.0  # 2026-11-18 11:06:40
    assert when(now - 3600, now) == "10:06"
    assert when(now - 86_400, now) == "17 Nov 11:06"
    assert when(now - 400 * 86_400, now) == "14 Oct 2025"
    assert when(None) == "–"
