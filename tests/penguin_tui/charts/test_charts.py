"""Charts: what a person sees of figures, however odd the figures are."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from penguin_tui.charts import palette
from penguin_tui.charts.axis import count_axis
from penguin_tui.charts.grid import SERIES, Grid
from penguin_tui.charts.line_drawing import Chart, Series, View, draw_again, draw_chart
from penguin_tui.charts.series import smooth
from penguin_tui.presentation.references import Reference
from penguin_tui.presentation.text import figure
from penguin_tui.terminal.gate import visible_lines
from tests.support.screen.series import line


def chart(series: Sequence[Series], view: View = View(), **more: object) -> Grid:  # noqa: B008
    options: dict[str, object] = {"title": "Loss", "x_label": "epoch", "empty": "No epoch yet."}
    shown = Chart(series=tuple(series), view=view, **(options | more))  # type: ignore[arg-type]
    return draw_chart(shown, 60, 16)


def cells_of(grid: Grid, style: int) -> set[tuple[int, int]]:
    return {
        (x, y)
        for y, row in enumerate(grid.styles)
        for x, found in enumerate(row)
        # the first two rows are title and legend, and a blank shows no colour
        if found == SERIES + style and y > 1 and grid.characters[y][x] != " "
    }


def test_a_chart_without_figures_says_so() -> None:
    assert "No epoch yet." in chart([]).text()
    assert "No epoch yet." in chart([line([])]).text()


def test_legend_shows_names_and_last_values() -> None:
    text = chart([line([1.5, 0.25]), line([1.25, 0.5], "validation", 1)]).text()
    assert "━━━ training 0.2500" in text
    assert "╍╍╍ validation 0.5000" in text
    assert "epoch" in text.splitlines()[-2]


def test_shares_are_shown_as_percentages() -> None:
    text = chart([line([0.5, 0.957])], unit="%").text()
    assert "95.7 %" in text
    assert "80" in text.split("┤")[1] or "100┤" in text


def test_a_rising_line_rises() -> None:
    cells = cells_of(chart([line(range(10))], x_max=10), 0)
    rows = [max(y for x, y in cells if x == column) for column in sorted({x for x, _ in cells})]
    assert rows == sorted(rows, reverse=True)
    assert len(rows) > 45


def test_training_is_solid_and_validation_has_gaps() -> None:
    flat = [0.5] * 50
    solid = cells_of(chart([line(flat)], x_max=50), 0)
    dashed = cells_of(chart([line(flat, style=1)], x_max=50), 1)
    assert len(dashed) < len(solid)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_leaves_a_gap(bad: float) -> None:
    whole = cells_of(chart([line([0.5] * 50)], x_max=50), 0)
    broken = cells_of(chart([line([0.5] * 20 + [bad] * 10 + [0.5] * 20)], x_max=50), 0)
    gap = {x for x, _ in whole} - {x for x, _ in broken}
    assert len(gap) > 5
    assert gap == set(range(min(gap), max(gap) + 1))


def test_log_axis_with_zeros_shows_what_is_above_zero() -> None:
    text = chart([line([0.0, 0.1, 0.0, 10.0, -1.0])], View(log=True)).text()
    assert "log axis" in text
    assert "0.1┤" in text
    assert "10┤" in text


@pytest.mark.parametrize("view", [View(), View(log=True), View(smooth=True), View(zoom=20)])
@pytest.mark.parametrize(
    "ys",
    [
        [math.nan], [0.0], [-3.0], [math.inf, math.nan], [1e300, 1e-300], [5e-324, 1.0], [7.0] * 9,
        [1e12, -1e12], [1e-9] * 3,
    ],
)  # fmt: skip
def test_odd_figures_are_drawn_without_failure(ys: list[float], view: View) -> None:
    assert "Loss" in chart([line(ys)], view).text()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.floats(), max_size=60),
    st.integers(1, 90),
    st.integers(1, 30),
    st.booleans(),
    st.booleans(),
)
def test_any_figures_fit_any_size(
    ys: list[float], width: int, height: int, log: bool, smooth: bool
) -> None:
    view = View(log=log, smooth=smooth)
    series = (line(ys), line(ys[::-1], "b", 1))
    grid = draw_chart(Chart("Loss", series, view), width, height)
    assert [len(row) for row in grid.characters] == [width] * height


@settings(max_examples=150, deadline=None)
@example(27, 10_491, 2)
@given(st.integers(24, 160), st.integers(1, 2_000_000), st.integers(1, 2_000_000))
def test_labels_below_a_chart_never_overlap(width: int, first: int, more: int) -> None:
    axis = count_axis(first, first + more, width - 7)
    series = (Series("loss", [first, first + more], [0.0, 1.0]),)
    shown = Chart("Loss", series, x_label="epoch", x_max=first + more)
    row = draw_chart(shown, width, 12).text().splitlines()[-1].split()
    # one that has no room beside the others is left out
    assert row
    assert row == [label for label in axis.labels() if label in row]


@settings(max_examples=80, deadline=None)
@given(st.integers(30, 120), st.floats(1e-12, 1e12), st.booleans())
def test_a_legend_is_whole_however_narrow(width: int, value: float, cursor: bool) -> None:
    series = (
        Series("training (running mean)", [1, 2], [value, value], 0, "running"),
        Series("validation", [1, 2], [value / 3, value / 3], 1, "val"),
    )
    view = View(cursor=2 if cursor else None)
    text = draw_chart(Chart("Loss", series, view), width, 18).text()
    assert all(figure(number) in text for number in (value, value / 3))
    assert "training (running mean)" in text or "running" in text


def test_smoothing_averages_epochs_however_few_are_drawn() -> None:
    noise = [random.Random(3).random() for _ in range(5000)]
    for zoom in (None, 100):
        smoothed = chart([line(noise)], View(smooth=True, zoom=zoom), title="")
        averaged = chart([line(smooth(noise))], View(zoom=zoom), title="")
        assert cells_of(smoothed, 0) == cells_of(averaged, 0)


@pytest.mark.parametrize("log", [False, True])
def test_levels_are_lines_named_in_the_title_row(log: bool) -> None:
    levels = (Reference("majority class", 0.5), Reference("baseline", 0.9))
    own = [line([0.4, 0.8, 0.95])]
    text = chart(own, View(log=log), unit="%", levels=levels, title="").text().splitlines()
    assert "┈ majority  ╌ baseline" in text[0]
    rows = [[place for place, row in enumerate(text) if sign * 5 in row] for sign in "┈╌"]
    assert [len(found) for found in rows] == [1, 1]
    # the higher accuracy is further up, and what is drawn lies over both
    assert rows[1] < rows[0]
    assert cells_of(chart(own, View(log=log), unit="%", levels=levels), 0)


@pytest.mark.parametrize("count", [30, 200, 2_000, 100_000])
def test_no_spike_is_lost_however_many_points(count: int) -> None:
    ys = [0.1] * count
    ys[count * 2 // 3] = 100.0
    for style in (0, 1):
        cells = cells_of(chart([line(ys, style=style)], x_max=count), style)
        assert len({y for _, y in cells}) > 8


def test_smoothing_is_over_epochs_whatever_the_width() -> None:
    ys = [0.0] * 5000 + [1.0] * 5000
    # one epoch later a tenth of the step, twenty epochs later nearly all of it
    assert smooth(ys)[5000] == pytest.approx(0.1)
    assert smooth(ys)[5019] == pytest.approx(1 - 0.9**20)
    assert math.isnan(smooth([0.5, math.nan, 0.5])[1])
    assert smooth([0.5, math.nan, 0.5])[2] == pytest.approx(0.5)


def test_smoothing_calms_a_curve() -> None:
    noise = random.Random(4)
    ys = [0.5 + noise.random() for _ in range(200)]
    rough = cells_of(chart([line(ys)], x_max=200), 0)
    calm = cells_of(chart([line(ys)], View(smooth=True), x_max=200), 0)
    assert len(calm) < len(rough) / 2


def test_the_cursor_shows_values_of_its_epoch() -> None:
    text = chart([line([0.9, 0.8, 0.7]), line([0.6], "validation", 1)], View(cursor=2)).text()
    assert "at 2" in text
    assert "training 0.8000" in text
    assert "validation –" in text
    assert "│" in text.splitlines()[3][10:]


def test_names_from_a_file_cannot_act() -> None:
    text = chart([Series("\x1b[31m[red]x", [1, 2], [1.0, 2.0])]).text()
    assert "␛[31m[red]x" in visible_lines(text)


def test_a_growing_curve_repaints_few_cells() -> None:
    ys = [math.exp(-i / 60) for i in range(201)]
    for x_max in (None, 200):
        before = chart([line(ys[:190])], x_max=x_max)
        assert 0 < differing(before, chart([line(ys[:200])], x_max=x_max)) < 60


def differing(one: Grid, other: Grid) -> int:
    """How many cells look different, blanks in whatever colour being alike."""
    return sum(
        one.characters[y][x] != other.characters[y][x]
        or (one.characters[y][x] != " " and one.styles[y][x] != other.styles[y][x])
        for y in range(one.height)
        for x in range(one.width)
    )


def test_wide_and_combining_characters_keep_their_cells() -> None:
    grid = Grid(8, 1)
    assert grid.put(0, 0, "企é鹅xyz") == 8
    assert "".join(grid.characters[0]) == "企é鹅xyz"
    assert len(grid.characters[0]) == 8


def test_sixteen_classes_differ_in_colour_and_marker_together() -> None:
    from penguin_tui.app.theme import DARK

    looks = {(palette.colour(i, DARK), palette.marker(i)) for i in range(16)}
    assert len(looks) == 16


def _eight() -> tuple[Series, ...]:
    xs = range(1, 201)
    return tuple(
        Series(f"run {n}", xs, [1 / (x + 5 * n) for x in xs], n, marker=palette.marker(n))
        for n in range(8)
    )


def test_each_of_eight_lines_has_a_marker_of_its_own() -> None:
    text = draw_chart(Chart("Loss", _eight()), 140, 20).text()
    signs = [palette.marker(n) for n in range(8)]
    assert len(set(signs)) == 8
    # in the legend, and on the line
    assert all(text.count(sign) > 2 for sign in signs)
    assert "━●━ run 0" in text


def test_a_band_is_shaded_and_presses_no_line_flat() -> None:
    xs = range(1, 51)
    line = [0.9 + x / 1000 for x in xs]
    band = [v - 50 for v in line], [v + 50 for v in line]
    text = draw_chart(Chart("Loss", (Series("mean", xs, line, band=band),)), 60, 16).text()
    assert "░" in text
    axis = [row.split("┤")[0].strip() for row in text.splitlines() if "┤" in row]
    assert all(0.8 < float(label) < 1.1 for label in axis)


@pytest.mark.parametrize("cursor", [1, 77, 200])
def test_a_moved_cursor_draws_what_a_new_chart_would(cursor: float) -> None:
    chart = Chart("Loss", _eight())
    before, plot = draw_again(chart, 100, 20)
    moved = replace(chart, view=View(cursor=cursor))
    grid, again = draw_again(moved, 100, 20, plot)
    assert again is plot
    assert grid.text() == draw_chart(moved, 100, 20).text()
    assert "│" in grid.text().splitlines()[5][6:]
    assert draw_again(chart, 100, 20, plot)[0].text() == before.text()
    # another series, or another room, is drawn anew
    assert draw_again(replace(chart, series=_eight()[:2]), 100, 20, plot)[1] is not plot
    assert draw_again(chart, 90, 20, plot)[1] is not plot
