"""What a training really used, read from the training and not from its spec."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.specs.network import PER_LAYER
from engine.specs.optimizers import optional_settings
from engine.trainer.training import Training


def effective_settings(training: Training) -> dict[str, Any]:
    """The settings that took effect.

    `learning_rate` is that of the first step; `steps` and `epochs` count from the first one,
    `epochs_at_most` is what the training was allowed; lists have a figure for each hidden layer.
    """
    config, plan = training.config, training.plan
    rate = np.float32(plan.rates(0, np.array([0]))[0])
    return {
        # the program holds it in single precision: 0.001, not 0.0010000000474974513
        "learning_rate": float(str(rate)),
        "batch_size": training.batch_size,
        "epochs": training.epoch,
        "steps": training.iterations,
        "hidden_layers": [layer.units for layer in config.hidden],
        **{name: [getattr(layer, name) for layer in config.hidden] for name in PER_LAYER},
        "activation": config.activation,
        "optimizer": config.optimizer.name,
        **{name: getattr(config.optimizer, name) for name in optional_settings()},
        "epochs_at_most": plan.epochs,
    }


def relevant(effective: Mapping[str, Any], varied: Mapping[str, Any]) -> dict[str, Any]:
    """Of the effective settings those that say something about the `varied` ones, these first."""
    layers = effective.get("hidden_layers", [])
    derived = {
        "units": layers[0] if len(set(layers)) == 1 else layers,
        "layers": len(layers),
        "first_layer_units": layers[0] if layers else 0,
    }
    named = dict(effective) | derived
    always = ("learning_rate", "batch_size", "epochs", "epochs_at_most", "steps", "hidden_layers")
    names = dict.fromkeys([*(name for name in varied if name in named), *always])
    return {name: named[name] for name in names if name in named} if effective else {}
