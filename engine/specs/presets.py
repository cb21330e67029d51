"""The post's networks by name, each as the fields it sets."""

from typing import Any

# The post codes categories as integers, which is what gives its parameter counts.
_POST: dict[str, Any] = {
    "activation": "relu",
    "initializer": "he_uniform",
    "optimizer": "adam",
    "learning_rate": 0.001,
    "schedule": {"name": "constant"},
    "category_encoding": "ordinal",
    "dropout": 0.0,
    "dropout_after": "all",
    "kernel_l1": 0.0,
    "kernel_l2": 0.0,
    "activity_l1": 0.0,
    "activity_l2": 0.0,
    "early_stopping": None,
    "epochs": 10,
    "batch_size": 16,
    "hidden_layers": [100, 100],
}
_SHORT = _POST | {"epochs": 5, "batch_size": 32}
_PENALTIES = {
    "kernel_l1": [0.01, 0.0],
    "kernel_l2": [0.0, 0.01],
    "activity_l1": [0.0, 0.01],
    "activity_l2": [0.01, 0.0],
}
_WEIGHT_DECAY = _POST | _PENALTIES
_DROPOUT = _WEIGHT_DECAY | {"dropout": 0.5, "dropout_after": "last"}
# Keras's default: the weights of the last epoch are kept, not those of the best
_EARLY_STOPPING = {
    "monitor": "val_accuracy", "min_delta": 0.0, "patience": 3, "restore_best": False,
}  # fmt: skip

TRAIN_PRESETS: dict[str, dict[str, Any]] = {
    "no-hidden": _SHORT | {"hidden_layers": []},
    "one-hidden": _SHORT | {"hidden_layers": [100]},
    "two-hidden": _SHORT,
    "step-decay": _POST
    | {"learning_rate": 0.2, "schedule": {"name": "step_decay", "factor": 0.5, "every": 3}},
    "cosine": _POST
    | {"learning_rate": 0.2, "schedule": {"name": "cosine_restarts", "first_decay_steps": 1000}},
    "weight-decay": _WEIGHT_DECAY,
    "dropout": _DROPOUT,
    "early-stopping": _DROPOUT | {"epochs": 20, "early_stopping": _EARLY_STOPPING},
}

# The post's five experiments; `repeats` 1 is the post's way, more show what is noise.
SWEEP_PRESETS: dict[str, dict[str, Any]] = {
    "depth": _SHORT
    | {"hidden_layers": [100], "vary": {"layers": {"low": 1, "high": 99, "step": 1}}},
    "width": _SHORT | {"vary": {"units": {"low": 1, "high": 150, "step": 1}}},
    "shape": _SHORT
    | {"hidden_layers": [50, 50], "vary": {"first_layer_units": {"low": 1, "high": 99, "step": 1}}},
    "epochs": _SHORT | {"vary": {"epochs": {"low": 1, "high": 30, "step": 1}}},
    "batch-size": _SHORT
    | {
        "vary": {
            "batch_size": {
                "values": [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 80, 96, 128, 160, 200, 275]
            }
        }
    },
}

# The post's three searches. As published, `fit` is given these epochs and this batch size; under
# the strict protocol the varied ones take effect.
_SEARCHED = _DROPOUT | {"batch_size": 4, "folds": 3, "early_stopping": _EARLY_STOPPING}
RANDOM_PRESETS: dict[str, dict[str, Any]] = {
    "post": _SEARCHED
    | {
        "max_trials": 10,
        "vary": {
            "learning_rate": {"low": 0.001, "high": 0.011},
            "batch_size": {"low": 2, "high": 15},
            "epochs": {"low": 6, "high": 14},
        },
    },
}
GRID_PRESETS: dict[str, dict[str, Any]] = {
    "post": _SEARCHED
    | {
        "vary": {
            "learning_rate": {"values": [0.001, 0.005]},
            "batch_size": {"values": [10, 16]},
            "epochs": {"values": [10, 12]},
        },
    },
}
# Hyperband's `search` is given no batch size, so that Keras's 32 takes effect.
HYPERBAND_PRESETS: dict[str, dict[str, Any]] = {
    "post": TRAIN_PRESETS["cosine"]
    | _PENALTIES
    | {
        "batch_size": 32,
        "max_epochs": 10,
        "factor": 3,
        "dropout_after": "last",
        "vary": {
            "units": {"low": 16, "high": 256, "step": 16},
            "dropout": {"values": [0.2, 0.4, 0.6]},
        },
    },
}
