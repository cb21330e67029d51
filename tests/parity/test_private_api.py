"""The private API that is touched is there, and is touched nowhere but in its module."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
from engine.keras_files.optimizers import KERAS_OPTIMIZERS
from engine.specs import optimizers as optimizer_names
from engine.trainer.optimizers import OPTIMIZERS
from tests.support.later import Later
from tests.support.parity.keras_optimizers import keras_slots

keras: Any = Later("keras")

ENGINE = Path(engine.__path__[0])
FENCES = {"keras_tuner_private", "scikeras_private"}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_keras_optimizers_keep_their_state_where_the_entries_say(name: str) -> None:
    entry = OPTIMIZERS[name]
    momentum = "momentum" in optimizer_names.OPTIMIZERS[name].uses
    heeded = {"momentum": 0.5} if momentum else {}
    optimizer = getattr(keras.optimizers, KERAS_OPTIMIZERS[name].class_name)(0.1, **heeded)
    weights = [keras.Variable(np.ones(shape, np.float32)) for shape in ((2, 3), (3,))]
    optimizer.build(weights)
    slots = entry.slots_with(momentum=momentum)
    groups = keras_slots(optimizer, name, momentum=momentum)
    assert [[v.shape for v in group] for group in groups] == [[(2, 3), (3,)]] * len(groups)
    # nothing else decides how a training goes on
    others = {"iteration", "learning_rate"}
    state = [v for v in optimizer.variables if v.path.rsplit("/", 1)[-1] not in others]
    assert sum(len(group) for group in groups) == len(state)
    for slot, group in zip(slots, groups, strict=True):
        assert all((array == np.float32(slot.initial)).all() for array in group)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("keras_tuner.oracles", "HyperbandOracle._save_trial"),
        ("keras_tuner.oracles", "HyperbandOracle._get_size"),
        ("keras_tuner.oracles", "HyperbandOracle._random_trial"),
        ("keras_tuner.oracles", "HyperbandOracle._increment_bracket_num"),
        ("keras_tuner.src.engine.oracle", "LOCKS"),
        ("keras_tuner.src.engine.oracle", "THREADS"),
        ("scikeras.wrappers", "KerasClassifier._ensure_compiled_model"),
    ],
)
def test_a_private_attribute_is_there(module: str, name: str) -> None:
    *owners, own = name.split(".")
    owner = import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    assert hasattr(owner, own), f"{owner} has no {name} any more: see its module in engine"


def test_private_api_of_the_libraries_is_touched_in_its_module_only() -> None:
    private = re.compile(
        # a private submodule, or a private attribute of anything that is not our own object
        r"\b(jax|jaxlib|keras|keras_tuner|scikeras)\.(_src|src)\b"
        r"|\b(?!self\b|cls\b|os\b|sys\b|part\b|watch\b|trial\b)\w+\._[a-z]\w*"
    )
    found = []
    for folder in ("trainer", "keras_files", "keras_adapter", "jobs", "cluster"):
        for path in sorted((ENGINE / folder).rglob("*.py")):
            if path.stem in FENCES:
                import_module(".".join(["engine", *path.relative_to(ENGINE).with_suffix("").parts]))
                continue
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                if private.search(line.split("#")[0]):
                    found.append(f"{path.relative_to(ENGINE)}:{number}: {line.strip()}")
    assert not found, "\n".join(found)
