"""How large batches are."""

import pytest

from engine.cluster.batches import AIMED_SECONDS, BatchSizes


def test_batches_last_as_long_as_aimed_at_and_all_are_busy_to_the_end() -> None:
    sizes = BatchSizes()
    # the first ones measure
    assert (sizes.next(1000, 4), sizes.ahead) == (1, 1)
    sizes.seen(1, 0.01)
    assert sizes.ahead == 2
    assert sizes.next(10_000, 4) * 0.01 == pytest.approx(AIMED_SECONDS)
    # what is left is dealt out
    assert sizes.next(40, 4) == 5
    sizes = BatchSizes()
    sizes.seen(1, 60.0)
    # none waits behind a long one
    assert (sizes.next(1000, 4), sizes.ahead) == (1, 1)
