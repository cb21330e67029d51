"""Every preset beside the post, setting by setting; the post's facts are written out here."""

from typing import Any

import pytest

from engine.kinds import KINDS, make_spec

NETWORK: dict[str, Any] = {
    "activation": "relu",
    "initializer": "he_uniform",
    "optimizer": "adam",
    "learning_rate": 0.001,
    "schedule": ("constant", {}),
    "category_encoding": "ordinal",
    "class_weight": "none",
    "early_stopping": None,
}
NO_PENALTY = ((0.0, 0.0),) * 4
# of each hidden layer: kernel L1, kernel L2, activity L1, activity L2
PENALTIES = ((0.01, 0.0), (0.0, 0.01), (0.0, 0.01), (0.01, 0.0))
STOPPING = {"monitor": "val_accuracy", "min_delta": 0.0, "patience": 3, "restore_best": False}
SHORT = {"epochs": 5, "batch_size": 32}
LONG = {"epochs": 10, "batch_size": 16}
STEPS = {"learning_rate": 0.2, "schedule": ("step_decay", {"factor": 0.5, "every": 3})}
COSINE = {
    "learning_rate": 0.2,
    "schedule": (
        "cosine_restarts",
        # Keras's defaults beside the post's first_decay_steps
        {"first_decay_steps": 1000, "t_mul": 2.0, "m_mul": 1.0, "alpha": 0.0},
    ),
}

TRAININGS: dict[str, dict[str, Any]] = {
    "no-hidden": {**SHORT, "hidden_layers": ()},
    "one-hidden": {**SHORT, "hidden_layers": (100,)},
    "two-hidden": {**SHORT, "hidden_layers": (100, 100)},
    "step-decay": {**LONG, **STEPS, "hidden_layers": (100, 100)},
    "cosine": {**LONG, **COSINE, "hidden_layers": (100, 100)},
    "weight-decay": {**LONG, "hidden_layers": (100, 100), "penalties": PENALTIES},
    "dropout": {**LONG, "hidden_layers": (100, 100), "penalties": PENALTIES, "dropout": (0.0, 0.5)},
    "early-stopping": {
        **LONG,
        "epochs": 20,
        "hidden_layers": (100, 100),
        "penalties": PENALTIES,
        "dropout": (0.0, 0.5),
        "early_stopping": STOPPING,
    },
}
SEARCHED = {
    "hidden_layers": (100, 100),
    "penalties": PENALTIES,
    "dropout": (0.0, 0.5),
    "early_stopping": STOPPING,
    # what the post gives `fit`, whatever the trial says
    "epochs": 10,
    "batch_size": 4,
    "folds": 3,
}
SEARCHES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "random_search": (
        {**SEARCHED, "max_trials": 10},
        {
            "learning_rate": {"low": 0.001, "high": 0.011},
            "batch_size": {"low": 2, "high": 15},
            "epochs": {"low": 6, "high": 14},
        },
    ),
    "grid_search": (
        SEARCHED,
        {
            "learning_rate": {"values": [0.001, 0.005]},
            "batch_size": {"values": [10, 16]},
            "epochs": {"values": [10, 12]},
        },
    ),
    "hyperband": (
        {
            **COSINE,
            "hidden_layers": (100, 100),
            "penalties": PENALTIES,
            "batch_size": 32,
            "max_epochs": 10,
            "factor": 3,
            "dropout_after": "last",
        },
        {
            "units": {"low": 16, "high": 256, "step": 16},
            "dropout": {"values": [0.2, 0.4, 0.6]},
        },
    ),
}
SWEEPS: dict[str, tuple[str, list[Any]]] = {
    "depth": ("layers", list(range(1, 100))),
    "width": ("units", list(range(1, 151))),
    "shape": ("first_layer_units", list(range(1, 100))),
    "epochs": ("epochs", list(range(1, 31))),
    "batch-size": (
        "batch_size",
        [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 80, 96, 128, 160, 200, 275],
    ),
}


def spec_of(kind: str, preset: str) -> Any:
    """The preset as the reproduction runs it as published."""
    return make_spec(kind, KINDS[kind].presets[preset] | {"protocol": "as_published"})


def facts_of(spec: Any) -> dict[str, Any]:
    """The settings that the post gives, as far as the kind has them."""
    found = {name: getattr(spec, name) for name in NETWORK if name != "schedule"}
    fields = spec.schedule.model_dump()
    found["schedule"] = (fields.pop("name"), fields)
    stopping = spec.early_stopping
    found["early_stopping"] = stopping.model_dump() if stopping is not None else None
    found["hidden_layers"], found["batch_size"] = spec.hidden_layers, spec.batch_size
    names = ("kernel_l1", "kernel_l2", "activity_l1", "activity_l2")
    found["penalties"] = tuple(spec.per_layer(name) for name in names)
    found["dropout"] = spec.per_layer("dropout")
    found["epochs"] = spec.epochs
    more = ("folds", "max_trials", "max_epochs", "factor", "dropout_after")
    return found | {name: getattr(spec, name) for name in more if hasattr(spec, name)}


def wanted(facts: dict[str, Any]) -> dict[str, Any]:
    depth = len(facts["hidden_layers"])
    nothing = {"penalties": ((0.0,) * depth,) * 4, "dropout": (0.0,) * depth}
    return NETWORK | nothing | facts


@pytest.mark.parametrize("name", TRAININGS)
def test_a_network_is_the_posts(name: str) -> None:
    facts = facts_of(spec_of("train", name))
    del facts["dropout_after"]
    assert facts == wanted(TRAININGS[name])


@pytest.mark.parametrize("kind", SEARCHES)
def test_a_search_is_the_posts(kind: str) -> None:
    given, space = SEARCHES[kind]
    spec = spec_of(kind, "post")
    facts, expected = facts_of(spec), wanted(given)
    # what is varied has no value of its own
    for name in {*facts} - {*expected} | ({"dropout"} if "dropout" in space else set()):
        del facts[name]
        expected.pop(name, None)
    assert facts == expected
    varied = {
        name: {k: v for k, v in dimension.model_dump(mode="json").items() if k in space[name]}
        for name, dimension in spec.vary.items()
    }
    assert varied == space


@pytest.mark.parametrize("name", SWEEPS)
def test_an_experiment_is_the_posts(name: str) -> None:
    setting, values = SWEEPS[name]
    spec = spec_of("sweep", name)
    facts = facts_of(spec)
    assert {key: facts[key] for key in (*NETWORK, "batch_size", "epochs")} == NETWORK | SHORT
    ((varied, dimension),) = spec.vary.items()
    assert (varied, list(dimension.values)) == (setting, values)
    if name == "shape":
        # 1:99, 2:98, … 99:1
        assert sum(spec.hidden_layers) == 100


def test_all_presets_are_compared() -> None:
    assert set(TRAININGS) == set(KINDS["train"].presets)
    assert set(SWEEPS) == set(KINDS["sweep"].presets)
    assert all(list(KINDS[kind].presets) == ["post"] for kind in SEARCHES)
