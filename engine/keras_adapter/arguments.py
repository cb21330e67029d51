"""Reads the arguments and the compilation of a Keras model, or says what is not covered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from engine.trainer.batching import Rows
from engine.trainer.configuration import NotCovered

# Keras's own callbacks that are told about every batch only to paint a bar
_BARS = (keras.callbacks.ProgbarLogger,)
_TRAIN_BATCH = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
_OTHER_BATCH = (
    "on_test_batch_begin",
    "on_test_batch_end",
    "on_predict_batch_begin",
    "on_predict_batch_end",
)


@dataclass(frozen=True)
class Tables:
    """Rows to train on and to validate with."""

    train: Rows
    validation: Rows | None


def metric_name(model: Any) -> str | None:
    """The name under which accuracy is logged, None where the model has no metric."""
    loss, compiled = model._compile_loss, model._compile_metrics
    own: Any = loss._user_loss if loss is not None else None
    if own not in ("sparse_categorical_crossentropy", keras.losses.sparse_categorical_crossentropy):
        plain = (
            type(own) is keras.losses.SparseCategoricalCrossentropy
            and not own.from_logits
            and own.reduction == "sum_over_batch_size"
            and getattr(own, "ignore_class", None) is None
        )
        if not plain:
            raise NotCovered("another loss")
    if loss._user_loss_weights is not None:
        raise NotCovered("loss weights")
    if model.run_eagerly:
        raise NotCovered("eager execution")
    if compiled is None:
        return None
    metrics = compiled._user_metrics or []
    metrics = metrics if isinstance(metrics, list | tuple) else [metrics]
    if compiled._user_weighted_metrics or len(metrics) > 1:
        raise NotCovered("other metrics")
    if not metrics:
        return None
    if metrics[0] in ("accuracy", "acc", "sparse_categorical_accuracy"):
        return str(metrics[0])
    if type(metrics[0]) is keras.metrics.SparseCategoricalAccuracy:
        return str(metrics[0].name)
    raise NotCovered("another metric")


def rows_of(x: Any, y: Any, weights: Any, features: int, classes: int) -> Rows:
    """A table as arrays; raises `NotCovered` for other sources and shapes."""
    inputs = _array(x)
    if inputs.ndim != 2 or inputs.shape[1] != features or not len(inputs):
        raise NotCovered(f"inputs of shape {inputs.shape}")
    labels = np.zeros(len(inputs), np.int32) if y is None else _labels(y, len(inputs), classes)
    if weights is not None:
        weights = _array(weights).reshape(-1)
        if len(weights) != len(inputs):
            raise NotCovered("sample weights of another length")
    return Rows.of(inputs, labels, weights)


def tables(
    x: Any,
    y: Any,
    features: int,
    classes: int,
    *,
    sample_weight: Any,
    class_weight: dict[int, float] | None,
    validation_data: Any,
    validation_split: float,
) -> Tables:
    """What `fit` is given, as rows with their weights."""
    held: Any = None
    if validation_split and validation_data is None:
        x, y = _array(x), _array(y)
        at = int(np.floor(len(x) * (1.0 - validation_split)))
        weights = None if sample_weight is None else _array(sample_weight)
        held = (x[at:], y[at:]) if weights is None else (x[at:], y[at:], weights[at:])
        x, y, sample_weight = x[:at], y[:at], None if weights is None else weights[:at]
    elif validation_data is not None:
        if not isinstance(validation_data, tuple | list):
            raise NotCovered(f"validation data as {type(validation_data).__name__}")
        held = validation_data
    if y is None:
        raise NotCovered("no labels")
    if class_weight:
        if sample_weight is not None:
            raise NotCovered("class weights and sample weights at once")
        labels = _labels(y, len(_array(x)), classes)
        table = np.ones(classes, np.float32)
        for label, weight in class_weight.items():
            table[int(label)] = weight
        sample_weight = table[labels]
    train = rows_of(x, y, sample_weight, features, classes)
    if held is None:
        return Tables(train, None)
    return Tables(
        train, rows_of(held[0], held[1], held[2] if len(held) > 2 else None, features, classes)
    )


def wants_batches(callbacks: Sequence[Any]) -> bool:
    """Whether a callback is to be told about every batch."""
    if any(_overrides(c, _OTHER_BATCH) for c in callbacks if not isinstance(c, _BARS)):
        raise NotCovered("a callback that is told about every batch of a validation or prediction")
    return any(_overrides(c, _TRAIN_BATCH) for c in callbacks if not isinstance(c, _BARS))


def reads_logs_only(callbacks: Sequence[Any]) -> bool:
    """Whether epochs may be trained ahead of the callbacks, since none looks at the model."""
    safe = (*_BARS, keras.callbacks.History)
    return all(isinstance(c, safe) or getattr(c, "reads_logs_only", False) for c in callbacks)


def _overrides(callback: Any, names: Sequence[str]) -> bool:
    return any(
        getattr(type(callback), name) is not getattr(keras.callbacks.Callback, name)
        for name in names
    )


def _array(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, list | tuple) or hasattr(value, "__array__"):
        return np.asarray(value)
    raise NotCovered(f"data as {type(value).__name__}")


def _labels(y: Any, rows: int, classes: int) -> Any:
    labels = _array(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (rows,) or labels.dtype.kind not in "iufb":
        raise NotCovered(f"labels of shape {labels.shape}")
    whole = labels.astype(np.int32)
    if rows and (not np.array_equal(whole, labels) or whole.min() < 0 or whole.max() >= classes):
        raise NotCovered("labels that are no class numbers")
    return whole
