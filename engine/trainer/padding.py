"""Real arrays into padded ones and back."""

from collections.abc import Sequence

import numpy as np

from engine.trainer import aligned
from engine.trainer.configuration import NetworkConfig
from engine.trainer.shapes import Array, Shapes


def blank(shapes: Shapes, value: float) -> list[Array]:
    """Arrays of `shapes.parameters` that hold `value` throughout."""
    return aligned.filled(shapes.parameters, value)


def pack(
    config: NetworkConfig, shapes: Shapes, arrays: Sequence[Array], padding: float = 0.0
) -> list[Array]:
    """Kernels and biases in Keras's order, put into padded arrays of `shapes.parameters`."""
    padded = blank(shapes, padding)
    for target, array in zip(_views(config, shapes, padded), arrays, strict=True):
        target[...] = array
    return padded


def unpack(config: NetworkConfig, shapes: Shapes, padded: Sequence[Array]) -> list[Array]:
    """The real arrays again, as copies, in Keras's order."""
    return [np.array(view) for view in _views(config, shapes, padded)]


def _views(config: NetworkConfig, shapes: Shapes, padded: Sequence[Array]) -> list[Array]:
    sizes = config.sizes
    starts, at = [], 0
    for _, stacked in shapes.runs:
        starts.append(at)
        at += 4 if stacked else 2
    views: list[Array] = []
    for i, (run, inside, _) in enumerate(config.layout.places):
        rows, columns = sizes[i], sizes[i + 1]
        if inside < 0:
            kernel, bias = padded[starts[run]], padded[starts[run] + 1]
        else:
            kernel, bias = padded[starts[run] + 2][inside], padded[starts[run] + 3][inside]
        views += [kernel[:rows, :columns], bias[:columns]]
    return [*views, padded[-2][: sizes[-2], : sizes[-1]], padded[-1][: sizes[-1]]]


def layer_numbers(config: NetworkConfig, shapes: Shapes) -> tuple[Array, Array, Array, Array]:
    """Penalties and dropout scale, dropout threshold and seed, units, and depth of each stack."""
    places, runs = max(1, shapes.places), max(1, len(shapes.runs))
    numbers = np.zeros((places, 5), np.float32)
    words = np.zeros((places, 2), np.uint32)
    units = np.zeros(places, np.int32)
    depths = np.zeros(runs, np.int32)
    layout = config.layout
    depths[: len(layout.depths)] = layout.depths
    for hidden, (_, _, place) in zip(config.hidden, layout.places, strict=True):
        keep = 1.0 / (1.0 - hidden.dropout)
        numbers[place] = (
            hidden.kernel_l1, hidden.kernel_l2, hidden.activity_l1, hidden.activity_l2, keep,
        )  # fmt: skip
        words[place] = (min(round(hidden.dropout * 2**32), 2**32 - 1), hidden.seed)
        units[place] = hidden.units
    return numbers, words, units, depths
