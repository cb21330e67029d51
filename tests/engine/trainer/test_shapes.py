"""Padded shapes: they hold the network, waste little, and depend on its own spec alone."""

from hypothesis import given
from hypothesis import strategies as st

from engine.trainer.shapes import layout, padded_batch, padded_features, padded_width


@given(st.integers(1, 4096), st.integers(1, 4096))
def test_a_padded_width_holds_the_units_in_multiples_of_16(units: int, other: int) -> None:
    widest = max(units, other)
    width = padded_width(units, widest)
    assert width >= units
    assert width % 16 == 0
    assert padded_width(width, padded_width(widest, widest)) == width
    assert units < 128 or width <= 1.26 * units


def test_a_sweep_over_1_to_160_units_takes_four_programs() -> None:
    assert len({layout((units, units)).runs for units in range(1, 161)}) == 4


def test_the_layers_of_a_small_network_are_as_wide_as_they_need() -> None:
    assert layout((64, 32)).runs == ((64, 0), (32, 0))
    assert layout((256, 128)).runs == ((256, 0), (128, 0))
    # but at least half as wide as the widest, or a search would need many programs
    pairs = {(first, second) for first in range(1, 113) for second in range(1, 113)}
    assert len({layout(pair).runs for pair in pairs}) == 7


@given(st.integers(1, 65_536))
def test_a_padded_batch_holds_the_rows(rows: int) -> None:
    batch = padded_batch(rows)
    assert batch >= rows
    assert batch % 16 == 0
    assert rows < 64 or batch <= 1.26 * rows


@given(st.integers(1, 100_000))
def test_padded_features_hold_the_columns(columns: int) -> None:
    assert columns <= padded_features(columns) < columns + 4


@given(st.lists(st.integers(1, 4096), max_size=200))
def test_every_layer_has_a_place_of_its_own_that_holds_it(hidden: list[int]) -> None:
    found = layout(tuple(hidden))
    assert len(found.places) == len(hidden)
    assert len({place for _, _, place in found.places}) == len(hidden)
    for units, (run, inside, _) in zip(hidden, found.places, strict=True):
        width, stacked = found.runs[run]
        assert units <= width
        assert -1 <= inside < min(stacked, found.depths[run])
    assert len(found.runs) <= 40


def test_networks_that_differ_little_share_a_program() -> None:
    assert layout((90, 100)).runs == layout((100, 65)).runs
    assert layout((100,) * 52).runs == layout((100,) * 60).runs
