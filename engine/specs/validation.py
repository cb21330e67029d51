"""Rules between settings that are allowed one by one.

They are for what is requested now and no validators: a run that an earlier version has stored
still has to load. Each is applied by the specs that it concerns (`RunSpec.cross_field_errors`).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.specs.data import DataSpec
from engine.specs.invalid import Problem
from engine.specs.optimizers import optional_settings, users_of
from engine.specs.search_space import Choice, Dimension, Range
from engine.specs.typed_text import show

if TYPE_CHECKING:
    from engine.specs.network import EarlyStopping, NetworkSpec

# what a store and a person can still look through
MAX_COMBINATIONS = 10_000
MAX_TRAININGS = 100_000
_OF_HIDDEN_LAYERS = (
    "activation", "initializer", "dropout", "kernel_l1", "kernel_l2", "activity_l1", "activity_l2",
)  # fmt: skip
MAKE_LAYERS = ("layers", "units", "first_layer_units")


def column_errors(spec: DataSpec) -> list[Problem]:
    """Columns named in ways that contradict each other, whatever the file holds."""
    found = []
    if spec.target in spec.exclude:
        found.append(Problem("exclude", f"{spec.target!r} is the target: it cannot be excluded"))
    both = [name for name in spec.include if name in spec.exclude]
    if both:
        message = f"{both[0]!r} is in exclude as well: choose one of the two"
        found.append(Problem("include", message))
    if spec.column_types.get(spec.target) == "numeric":
        message = f"{spec.target!r} is the target, which holds classes, not numbers"
        found.append(Problem("column_types", message))
    found += [
        Problem(name, f"{spec.target!r} is the target: choose another column")
        for name in ("group", "order", "sample_weight")
        if getattr(spec, name) == spec.target
    ]
    if spec.group is not None and spec.order is not None:
        found.append(Problem("order", "group is set as well: choose one of the two"))
    if spec.protocol == "as_published":
        message = "as_published splits as the post did: choose the strict protocol for it"
        own = ("group", "order", "test_data")
        found += [Problem(name, message) for name in own if getattr(spec, name) is not None]
    if spec.features and not set(spec.features) - set(spec.exclude):
        found.append(Problem("exclude", "every feature is excluded: keep at least one"))
    return found


def patience_errors(stopping: "EarlyStopping | None", name: str, epochs: int) -> list[Problem]:
    """A patience above `epochs`, the highest value of the setting `name`."""
    if stopping is None or stopping.patience <= epochs:
        return []
    message = (
        f"{stopping.patience:,} is above {name} and would never be reached: at most {epochs:,}"
    )
    return [Problem("early_stopping.patience", message)]


def ineffective_errors(network: "NetworkSpec", vary: Mapping[str, Dimension]) -> list[Problem]:
    """Settings that vary and change nothing, whatever their value."""
    optimizers = _every_value(vary, "optimizer", network.optimizer)
    found = [
        Problem(
            f"vary.{name}",
            f"{name} has no effect with the optimizer {network.optimizer}:"
            f" choose {' or '.join(users_of(name))}",
        )
        for name in optional_settings()
        if name in vary and not set(optimizers) & set(users_of(name))
    ]
    if not network.hidden_layers and not set(MAKE_LAYERS) & vary.keys():
        message = "has no effect without a hidden layer: hidden_layers needs one at least"
        of_layers = [name for name in vary if name in _OF_HIDDEN_LAYERS]
        found += [Problem(f"vary.{name}", f"{name} {message}") for name in of_layers]
    return found


def _every_value(vary: Mapping[str, Dimension], name: str, fixed: Any) -> tuple[Any, ...]:
    varied = vary.get(name)
    return varied.values if isinstance(varied, Choice) else (fixed,)


def first_layer_errors(
    hidden_layers: tuple[int, ...], vary: Mapping[str, Dimension]
) -> list[Problem]:
    """`first_layer_units` where there are no two layers to divide units between."""
    name = "first_layer_units"
    if name not in vary:
        return []
    others = [other for other in MAKE_LAYERS if other != name and other in vary]
    if others:
        message = (
            f"{name} cannot vary together with {' and '.join(others)}: it divides the units of"
        )
        return [Problem(f"vary.{name}", f"{message} two layers between them")]
    if len(hidden_layers) == 2:
        return []
    message = f"{name} divides units between two hidden layers; hidden_layers is"
    return [Problem(f"vary.{name}", f"{message} {show(hidden_layers) or 'none'}: give two")]


def step_errors(vary: Mapping[str, Dimension]) -> list[Problem]:
    """Steps that are longer than their range."""
    return [
        Problem(
            f"vary.{name}",
            f"a step of {dimension.step:g} leaves the range from {dimension.low:g} at once: at most"
            f" {dimension.high - dimension.low:g}",
        )
        for name, dimension in vary.items()
        if isinstance(dimension, Range) and dimension.count == 1
    ]
