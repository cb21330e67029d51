"""What a person reads: figures with their units, cut and measured text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.results.interval import Interval
from engine.results.statistics import accuracy_band, wilson
from penguin_tui.presentation.text import (
    band,
    cell_width,
    clipped,
    count,
    counted,
    duration,
    figure,
    fitted,
    interval,
    percent,
    rate,
    short,
    shortened,
    size,
    when,
)
from penguin_tui.terminal.gate import visible


def test_long_text_ends_in_an_ellipsis() -> None:
    assert clipped("bill_length_mm", 8) == "bill_le…"
    assert clipped("x" * 10_000, 12) == "x" * 11 + "…"


def test_marks_for_what_is_not_shown_have_their_width_before_they_are_put() -> None:
    hostile = "a\x1b[31m\u202eb\u200b\n企e\u0301"
    assert cell_width(hostile) == cell_width(visible(hostile)) == cell_len(visible(hostile))
    assert fitted(hostile, 3) == "a\x1b…"
    assert fitted("企", 4, right=True) == "  企"


def test_shares_and_their_intervals() -> None:
    assert percent(0.957) == "95.7 %"
    assert percent(None) == "–"
    assert percent(math.nan) == "–"
    assert interval(wilson(66, 69)) == "95.7 % (88.0–98.5)"
    assert interval(None) == "–"
    fitted = Interval(value=0.981, low=0.951, high=0.992, covers=None)
    assert interval(fitted) == "98.1 %"


@pytest.mark.parametrize(
    ("values", "over_train", "text"),
    [
        ((0.9, 0.92, 0.94), None, "92.0 % (87.0–97.0 seeds)"),
        ((0.9, 0.92, 0.94), 1 / 3, "92.0 % (85.0–99.0 splits)"),
        ((0.9, 0.9), 1 / 3, "90.0 % (80.7–95.1 rows)"),
        ((0.9,), None, "90.0 % (80.7–95.1 rows)"),
    ],
)
def test_the_interval_of_a_mean_says_what_it_covers(
    values: tuple[float, ...], over_train: float | None, text: str
) -> None:
    assert band(accuracy_band(values, 69, over_train)) == text


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


@pytest.mark.parametrize(
    ("names", "cells", "short"),
    [
        (("Adelie", "Gentoo"), 6, ["Adelie", "Gentoo"]),
        (("Adelie", "Gentoo"), 4, ["Ade…", "Gen…"]),
        # what they begin with goes where they would be the same
        (("Iris-setosa", "Iris-versicolor", "Iris-virginica"), 4, ["…se…", "…ve…", "…vi…"]),
        (("site number 1", "site number 2", "b"), 8, ["…1", "…2", "b"]),
        (("site 1 of 2", "site 10 of 2", "site 1 of 2"), 6, ["…1 of…", "…10 o…", "…1 of…"]),
        (("abcdefgh1", "abcdefgh2"), 5, ["…1", "…2"]),
        # the same ends behind different beginnings
        (
            ("left sensor 1", "left sensor 2", "right sensor 1", "right sensor 2"),
            8,
            ["left…r 1", "left…r 2", "righ…r 1", "righ…r 2"],
        ),
        (("…1", "site number 1", "site number 2"), 8, ["…1", "site…r 1", "…2"]),
        (("long name here ", "long name here"), 8, ["long…re", "long…ere"]),
        (("日本語のクラス一番", "日本語のクラス二番"), 8, ["…一番", "…二番"]),
    ],
)
def test_names_that_are_cut_stay_different(
    names: tuple[str, ...], cells: int, short: list[str]
) -> None:
    assert shortened(names, cells) == short
    assert max(map(cell_len, short)) <= cells


@given(st.lists(st.text("ab 1-", min_size=1, max_size=24), min_size=1, max_size=9, unique=True))
def test_different_names_are_different_in_six_cells(names: list[str]) -> None:
    # blanks around a name are not seen
    names = list({name.strip(): name for name in names}.values())
    short = shortened(names, 6)
    assert len(set(short)) == len(names)
    assert max(map(cell_len, short)) <= 6
