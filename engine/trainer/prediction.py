"""Predicts and evaluates on the compiled program, outside a training."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from engine.trainer.batching import Rows
from engine.trainer.compiled_program import prediction_program
from engine.trainer.configuration import NetworkConfig
from engine.trainer.padding import layer_numbers, pack
from engine.trainer.shapes import Array

# of the blocks in which rows are predicted
_SIZES: Final = (128, 256, 512, 1024)


def padded(config: NetworkConfig, weights: Sequence[Array]) -> list[Any]:
    """Weights in Keras's order as padded arrays: for `predict`, `evaluate`, a `Training`."""
    return pack(config, config.shapes(1), weights)


def evaluate(config: NetworkConfig, parameters: Sequence[Any], rows: Rows) -> tuple[float, float]:
    """Mean loss with penalties, and accuracy. `parameters` are padded arrays."""
    loss = hits = kernel = np.float32(0.0)
    for _, (own, right, penalty) in _blocks(config, parameters, rows):
        loss, hits, kernel = loss + own, hits + right, penalty
    return float(loss / rows.count + kernel), float(hits / rows.count)


def predict(config: NetworkConfig, parameters: Sequence[Any], rows: Rows) -> Array:
    """Probabilities [rows, classes] float32. `parameters` are padded arrays."""
    parts = [part for part, _ in _blocks(config, parameters, rows)]
    return np.concatenate(parts)[: rows.count, : config.classes]


def _blocks(
    config: NetworkConfig, parameters: Sequence[Any], rows: Rows
) -> Iterator[tuple[Array, Array]]:
    """Probabilities of each block of rows, and its sums: loss, hits, penalty on kernels."""
    # few sizes, for each is a program that somebody waits for
    size = next((few for few in _SIZES if rows.count <= few), _SIZES[-1])
    # what only training needs is no part of a prediction program's key
    shapes = replace(config.shapes(1), batch=size, optimizer="sgd", momentum=False, dropout=False)
    numbers, _, units, depths = layer_numbers(config, shapes)
    fixed = [numbers, units, depths, np.int32(config.classes)]
    for start in range(0, rows.count, size):
        places = np.minimum(np.arange(start, start + size), rows.count)
        count = np.float32(min(size, rows.count - start))
        arguments = [*rows.taken(places, size), count, *fixed, list(parameters)]
        out = prediction_program(shapes, arguments)(*arguments)
        yield np.asarray(out[0]), np.asarray(out[1])
