"""Axes: round ticks, shares between 0 and 100 %."""

import pytest

from penguin_tui.charts.axis import FRACTIONS, log_axis, value_axis


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.001, 0.001, ["0.00090", "0.00095", "0.00100", "0.00105", "0.00110"]),
        (0.0, 1.0, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        (1e-6, 3e-6, ["1e-6", "1.5e-6", "2e-6", "2.5e-6", "3e-6"]),
        (1000.0, 30_000.0, ["0", "10,000", "20,000", "30,000"]),
    ],
)
def test_ticks_are_round_and_have_the_same_decimals(
    low: float, high: float, labels: list[str]
) -> None:
    assert value_axis([low, high], 12).labels() == labels


@pytest.mark.parametrize("value", [0.0, 0.5, 0.98, 1.0])
def test_the_axis_of_one_accuracy_stays_between_0_and_100_percent(value: float) -> None:
    axis = value_axis([value], 12, FRACTIONS)
    assert axis.low <= value <= axis.high
    assert 0 <= axis.low < axis.high <= 1


def test_the_log_axis_of_a_perfect_accuracy_ends_at_100_percent() -> None:
    assert log_axis([0.0], 12, FRACTIONS).labels(percent=True)[-1] == "100"
