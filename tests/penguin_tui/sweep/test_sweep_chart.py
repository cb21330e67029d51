"""The chart of a sweep: band, markers, axes, any size."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from engine.kinds import make_spec
from engine.runs.state import RunState, fold
from penguin_tui.presentation.references import Reference
from penguin_tui.presentation.results.sweep import SweepPicture, picture_of
from penguin_tui.sweep.sweep_chart import SweepLook, draw_sweep
from tests.support.stored.sweeps import SWEEP, sweep_events


def picture(fields: dict[str, Any], done: int | None = None) -> SweepPicture:
    """What the chart is given for these settings."""

    class Record:
        spec = make_spec("sweep", fields)
        protocol = "strict"
        unreadable = None
        majority_accuracy, baseline_accuracy = 0.78, 0.93

    state = fold(RunState(), sweep_events(fields, done))
    found = picture_of(Record(), state)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_the_band_can_be_told_without_colour_and_says_what_it_covers() -> None:
    drawn = draw_sweep(80, 24, picture(SWEEP), SweepLook()).text()
    assert "░░ val 95 % over seeds" in drawn
    assert drawn.count("░") > 50
    alone = draw_sweep(80, 24, picture({**SWEEP, "repeats": 1}), SweepLook()).text()
    assert "░░ val 95 % over rows" in alone
    assert "░" not in draw_sweep(80, 24, picture(SWEEP), SweepLook(band="none")).text()


def test_training_and_validation_differ_in_marker_and_line() -> None:
    drawn = draw_sweep(80, 24, picture(SWEEP), SweepLook()).text()
    assert "━━━ validation" in drawn
    assert "╍╍╍ training" in drawn
    assert "●" in drawn
    assert "○" in drawn


def test_majority_class_and_baseline_are_lines_where_they_are_near() -> None:
    found = picture(SWEEP)
    lines = draw_sweep(80, 24, found, SweepLook()).text().splitlines()
    assert "┈ majority  ╌ baseline" in lines[0]
    assert sum("╌╌╌" in line for line in lines) == sum("┈┈┈" in line for line in lines) == 1
    # one far below would press the points flat
    far = replace(found, references=(Reference("majority class", 0.1), found.references[1]))
    lines = draw_sweep(80, 24, far, SweepLook()).text().splitlines()
    assert "╌ baseline" in lines[0]
    assert not any("┈" in line for line in lines)


def test_values_of_which_no_training_accuracy_is_kept_have_a_validation_curve_alone() -> None:
    found = picture(SWEEP)
    points = tuple(point.model_copy(update={"train": None}) for point in found.points)
    drawn = draw_sweep(80, 24, replace(found, points=points), SweepLook(band="train")).text()
    assert "●" in drawn
    assert "○" not in drawn


def test_names_are_placed_side_by_side_with_bars_for_the_interval() -> None:
    fields = {"vary": {"optimizer": {"values": ["adam", "sgd", "rmsprop"]}}, "epochs": 5}
    drawn = draw_sweep(80, 24, picture(fields), SweepLook()).text()
    lines = drawn.splitlines()
    assert [name for name in ("adam", "sgd", "rmsprop") if name in lines[-1]] == [
        "adam", "sgd", "rmsprop",
    ]  # fmt: skip
    assert "┃ val 95 % over seeds" in drawn
    assert drawn.count("┃") > 3


def test_values_far_apart_are_on_a_log_axis_and_equal_steps_are_not() -> None:
    far = {"vary": {"learning_rate": {"values": [0.0001, 0.001, 0.01, 0.1]}}, "epochs": 5}
    last = draw_sweep(80, 20, picture(far), SweepLook()).text().splitlines()[-1]
    columns = [last.index(name) for name in ("1e-4", "0.001", "0.01 ", "0.1")]
    gaps = [b - a for a, b in pairwise(columns)]
    assert max(gaps) - min(gaps) <= 3
    even = {"vary": {"units": {"low": 1, "high": 99, "step": 1}}, "epochs": 5, "repeats": 1}
    last = draw_sweep(80, 20, picture(even), SweepLook()).text().splitlines()[-1]
    columns = [last.index(name) for name in ("20", "40", "60", "80")]
    gaps = [b - a for a, b in pairwise(columns)]
    assert max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (24, 6), (30, 8), (200, 60)])
@pytest.mark.parametrize("done", [0, 1, 6, None])
def test_every_size_and_number_of_points_can_be_drawn(
    size: tuple[int, int], done: int | None
) -> None:
    grid = draw_sweep(*size, picture(SWEEP, done), SweepLook(cursor=0), focused=True)
    assert (grid.width, grid.height) == size
