"""Settings that are allowed one by one and make no sense together.

These rules are for what is asked for now. They are no validators: a run that an
earlier version has stored still has to load.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

from engine.specs.base import MAX_SEED
from engine.specs.data import DataSpec
from engine.specs.fields import Problem, show
from engine.specs.hyperband_schedule import rungs
from engine.specs.run_spec import RunSpec
from engine.specs.run_specs import (
    GridSearchSpec,
    HyperbandSpec,
    RandomSearchSpec,
    SweepSpec,
    TrainSpec,
)
from engine.specs.search_space import Choice, Range

# what a store and a person can still look through
MAX_COMBINATIONS = 10_000
MAX_TRAININGS = 100_000
_USED_BY = {"momentum": ("sgd", "rmsprop"), "weight_decay": ("adamw",)}
_OF_HIDDEN_LAYERS = (
    "activation", "initializer", "dropout", "kernel_l1", "kernel_l2", "activity_l1", "activity_l2",
)  # fmt: skip
_MAKE_LAYERS = ("layers", "units", "first_layer_units")

Search = RandomSearchSpec | GridSearchSpec | HyperbandSpec
Varying = SweepSpec | Search


def cross_field_errors(spec: RunSpec) -> tuple[Problem, ...]:
    """What makes no sense together: the field, its value and what is allowed."""
    found = list(of_columns(spec))
    if isinstance(spec, TrainSpec | Varying):
        found += _patience(spec)
    if isinstance(spec, Varying):
        found += _without_effect(spec)
        found += _shared_units(spec)
        found += _steps(spec)
        found += [] if found else _amount(spec)
    return tuple(found)


def of_columns(spec: DataSpec) -> Iterator[Problem]:
    """What makes no sense in the columns that are named, whatever the file holds."""
    if spec.target in spec.exclude:
        yield Problem("exclude", f"{spec.target!r} is the target; it cannot be left out")
    if spec.column_types.get(spec.target) == "numeric":
        yield Problem(
            "column_types", f"{spec.target!r} is the target, which holds classes, not numbers"
        )
    if spec.features and not set(spec.features) - set(spec.exclude):
        yield Problem("exclude", "every one of the features is left out; one has to stay")


def _patience(spec: TrainSpec | Varying) -> Iterator[Problem]:
    if spec.early_stopping is None:
        return
    name, most = "epochs", spec.epochs
    if isinstance(spec, HyperbandSpec):
        name, most = "max_epochs", spec.max_epochs
    elif isinstance(spec, Varying) and "epochs" in spec.vary:
        varied = spec.vary["epochs"]
        most = max(varied.values) if isinstance(varied, Choice) else varied.high  # type: ignore[assignment]
    patience = spec.early_stopping.patience
    if patience > most:
        yield Problem(
            "early_stopping.patience",
            f"{patience:,} is above {name} and would never be reached; up to {most:,}",
        )


def _without_effect(spec: Varying) -> Iterator[Problem]:
    """Settings that vary and change nothing, whatever their value."""
    for name, users in _USED_BY.items():
        if name in spec.vary and not set(_all(spec, "optimizer")) & set(users):
            yield Problem(
                f"vary.{name}",
                f"{name} has no effect with the optimizer {spec.optimizer};"
                f" choose {' or '.join(users)}",
            )
    if not spec.hidden_layers and not set(_MAKE_LAYERS) & spec.vary.keys():
        for name in spec.vary:
            if name in _OF_HIDDEN_LAYERS:
                yield Problem(
                    f"vary.{name}", f"{name} has no effect without a hidden layer; hidden_layers"
                    " needs one at least",
                )  # fmt: skip


def _all(spec: Varying, name: str) -> tuple[Any, ...]:
    """Every value that a choice can come to have."""
    varied = spec.vary.get(name)
    return varied.values if isinstance(varied, Choice) else (getattr(spec, name),)


def _shared_units(spec: Varying) -> Iterator[Problem]:
    name = "first_layer_units"
    if name not in spec.vary:
        return
    others = [other for other in _MAKE_LAYERS if other != name and other in spec.vary]
    if others:
        yield Problem(
            f"vary.{name}", f"{name} cannot vary together with {' and '.join(others)}: it shares"
            " the units of two layers out between them",
        )  # fmt: skip
    elif len(spec.hidden_layers) != 2:
        there = show(spec.hidden_layers) or "none"
        yield Problem(
            f"vary.{name}", f"{name} shares units out between two hidden layers; hidden_layers is"
            f" {there}, two are allowed",
        )  # fmt: skip


def _steps(spec: Varying) -> Iterator[Problem]:
    for name, dimension in spec.vary.items():
        if isinstance(dimension, Range) and dimension.count == 1:
            yield Problem(
                f"vary.{name}",
                f"a step of {dimension.step:g} leaves the range from {dimension.low:g} at once; up"
                f" to {dimension.high - dimension.low:g}",
            )


def _amount(spec: Varying) -> Iterator[Problem]:
    counts = [dimension.count for dimension in spec.vary.values()]
    points = None if None in counts else math.prod(n for n in counts if n is not None)
    yield from _AMOUNTS[type(spec)](spec, points)


def _sweep(spec: SweepSpec, points: int | None) -> Iterator[Problem]:
    trainings = (points or 0) * spec.repeats
    if points == 1 and spec.repeats == 1:
        yield Problem("vary", "one value with one seed is a single training; at least two of one")
    elif trainings > MAX_TRAININGS:
        yield Problem(
            "vary",
            f"{points:,} values with {spec.repeats:,} seeds each are {trainings:,} trainings;"
            f" up to {MAX_TRAININGS:,}",
        )
    if spec.seed + spec.repeats - 1 > MAX_SEED:
        yield Problem(
            "seed",
            f"{spec.seed} leaves no room for {spec.repeats:,} seeds; up to"
            f" {MAX_SEED - spec.repeats + 1}",
        )


def _search(spec: Search, points: int | None) -> Iterator[Problem]:
    if points == 1:
        names = ", ".join(spec.vary)
        yield Problem("vary", f"{names} can have one value only; a search needs two at least")


def _grid(spec: GridSearchSpec, points: int | None) -> Iterator[Problem]:
    yield from _search(spec, points)
    if points is not None and points > MAX_COMBINATIONS:
        yield Problem(
            "vary",
            f"{points:,} combinations are too many for a grid search; up to"
            f" {MAX_COMBINATIONS:,}. A random search draws from any number",
        )


def _hyperband(spec: HyperbandSpec, points: int | None) -> Iterator[Problem]:
    yield from _search(spec, points)
    trainings = sum(rung.trials for rung in rungs(spec.max_epochs, spec.factor))
    if trainings > MAX_TRAININGS:
        yield Problem(
            "max_epochs",
            f"{spec.max_epochs:,} with a factor of {spec.factor} are {trainings:,} trainings; up to"
            f" {MAX_TRAININGS:,}. Fewer epochs need fewer",
        )


_AMOUNTS: dict[type, Callable[[Any, int | None], Iterator[Problem]]] = {
    SweepSpec: _sweep,
    RandomSearchSpec: _search,
    GridSearchSpec: _grid,
    HyperbandSpec: _hyperband,
}
