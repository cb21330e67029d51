"""The link that benchmarks send the program through is as slow as it says."""

import pytest

from benchmarks.links.shaped_link import HEADERS, Line


def test_bytes_arrive_at_the_rate_of_the_link_and_after_its_delay() -> None:
    line = Line(rate=10_000, delay=0.15)
    free, due = line.take(1000 - HEADERS, 5.0)
    assert (free, due) == pytest.approx((5.1, 5.25))
    # what comes meanwhile waits for its turn
    free, due = line.take(2000 - HEADERS, 5.02)
    assert (free, due) == pytest.approx((5.3, 5.45))
    # a line that has nothing to do gains nothing by it
    free, due = line.take(1000 - HEADERS, 60.0)
    assert (free, due) == pytest.approx((60.1, 60.25))


def test_a_link_without_a_limit_only_delays() -> None:
    line = Line(rate=0, delay=0.1)
    assert [line.take(size, 1.0) for size in (10, 1_000_000)] == [(1.0, 1.1), (1.0, 1.1)]
