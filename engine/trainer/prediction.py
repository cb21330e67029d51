"""Predicts and evaluates on the compiled program, outside a training."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from engine.trainer.batching import Rows
from engine.trainer.compiled_program import prediction_program
from engine.trainer.configuration import NetworkConfig
from engine.trainer.padding import layer_numbers, pack
from engine.trainer.shapes import Array, padded_batch


def padded(config: NetworkConfig, weights: Sequence[Array]) -> list[Any]:
    """Weights in Keras's order as padded tensors: for `predict`, `evaluate`, a `Training`."""
    return [tf.constant(array) for array in pack(config, config.shapes(1), weights)]


def evaluate(config: NetworkConfig, parameters: Sequence[Any], rows: Rows) -> tuple[float, float]:
    """Mean loss with penalties, and accuracy. `parameters` are padded tensors."""
    loss = hits = kernel = np.float32(0.0)
    for _, (own, right, penalty) in _blocks(config, parameters, rows):
        loss, hits, kernel = loss + own, hits + right, penalty
    return float(loss / rows.count + kernel), float(hits / rows.count)


def predict(config: NetworkConfig, parameters: Sequence[Any], rows: Rows) -> Array:
    """Probabilities [rows, classes] float32. `parameters` are padded tensors."""
    parts = [part for part, _ in _blocks(config, parameters, rows)]
    return np.concatenate(parts)[: rows.count, : config.classes]


def _blocks(
    config: NetworkConfig, parameters: Sequence[Any], rows: Rows
) -> Iterator[tuple[Array, Array]]:
    """Probabilities of each block of rows, and its sums: loss, hits, penalty on kernels."""
    size = padded_batch(min(max(rows.count, 128), 1024))
    # what only training needs is no part of a prediction program's key
    shapes = replace(config.shapes(1), batch=size, optimizer="sgd", momentum=False, dropout=False)
    numbers, _, units, depths = layer_numbers(config, shapes)
    fixed = [tf.constant(a) for a in (numbers, units, depths, np.int32(config.classes))]
    for start in range(0, rows.count, size):
        count = min(size, rows.count - start)
        places = np.full(size, rows.count)
        places[:count] = np.arange(start, start + count)
        data = (rows.x[places], rows.y[places], rows.weights[places], np.float32(count))
        arguments = [*(tf.constant(array) for array in data), *fixed, *parameters]
        out = prediction_program(shapes, arguments)(*arguments)
        yield out[0].numpy(), out[1].numpy()
