"""The private API that is touched is there, and is touched nowhere but in its module."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import keras_tuner
import numpy as np
import pytest
import scikeras.wrappers
import tensorflow as tf
from keras_tuner.src.engine import oracle as oracle_module
from tensorflow.compiler.tf2xla.ops import gen_xla_ops

import engine
from engine.specs import optimizers as optimizer_names
from engine.trainer.optimizers import OPTIMIZERS
from engine.trainer.tensorflow_private import program, trace
from tests.support.keras_optimizers import keras_slots

ENGINE = Path(engine.__path__[0])
FENCES = {"tensorflow_private", "keras_tuner_private", "scikeras_private"}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_keras_optimizers_keep_their_state_where_the_entries_say(name: str) -> None:
    entry = OPTIMIZERS[name]
    momentum = "momentum" in optimizer_names.OPTIMIZERS[name].uses
    heeded = {"momentum": 0.5} if momentum else {}
    optimizer = getattr(keras.optimizers, entry.keras_name)(0.1, **heeded)
    weights = [keras.Variable(np.ones(shape, np.float32)) for shape in ((2, 3), (3,))]
    optimizer.build(weights)
    slots = entry.slots_with(momentum=momentum)
    groups = keras_slots(optimizer, slots)
    assert [[v.shape for v in group] for group in groups] == [[(2, 3), (3,)]] * len(groups)
    # nothing else decides how a training goes on
    others = {"iteration", "learning_rate"}
    state = [v for v in optimizer.variables if v.path.rsplit("/", 1)[-1] not in others]
    assert sum(len(group) for group in groups) == len(state)
    for slot, group in zip(slots, groups, strict=True):
        assert all((array == np.float32(slot.initial)).all() for array in group)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (keras_tuner.oracles.HyperbandOracle, "_save_trial"),
        (keras_tuner.oracles.HyperbandOracle, "_get_size"),
        (keras_tuner.oracles.HyperbandOracle, "_random_trial"),
        (oracle_module, "LOCKS"),
        (oracle_module, "THREADS"),
        (scikeras.wrappers.KerasClassifier, "_ensure_compiled_model"),
        (gen_xla_ops, "xla_dynamic_slice"),
        (gen_xla_ops, "xla_dynamic_update_slice"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_private_attribute_is_there(owner: object, name: str) -> None:
    assert hasattr(owner, name), f"{owner} has no {name} any more: see its module in engine"


def test_a_traced_program_can_be_called_with_its_arguments_in_order() -> None:
    def difference(a: Any, b: Any) -> Any:
        return [tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x - b), (0, a))[1]]

    traced = trace(difference, [tf.TensorSpec([]), tf.TensorSpec([])])
    (left,) = program(traced, "in_order")(tf.constant(11.0), tf.constant(3.0))
    assert float(left) == 2.0


def test_private_api_of_the_libraries_is_touched_in_its_module_only() -> None:
    private = re.compile(
        # a private submodule, or a private attribute of anything that is not our own object
        r"\b(keras|keras_tuner|tensorflow|scikeras)\.(src|python|compiler)\b"
        r"|\b(?!self\b|cls\b|os\b|sys\b|part\b|watch\b|trial\b)\w+\._[a-z]\w*"
    )
    found = []
    for folder in ("trainer", "keras_adapter", "jobs"):
        for path in sorted((ENGINE / folder).rglob("*.py")):
            if path.stem in FENCES:
                import_module(".".join(["engine", *path.relative_to(ENGINE).with_suffix("").parts]))
                continue
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                if private.search(line.split("#")[0]):
                    found.append(f"{path.relative_to(ENGINE)}:{number}: {line.strip()}")
    assert not found, "\n".join(found)
