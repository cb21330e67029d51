"""One frozen model for each kind of run, and the ways to make one."""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, Field, ValidationError, model_validator

from engine.knobs import Problem, knob, knob_at, knobs, parse, problems
from engine.space import Choice, Dimension, Range, parse_dimension
from engine.specs.data import PENGUINS, DataSpec
from engine.specs.network import NetworkSpec
from engine.values import MAX_SEED, InvalidSpec

SCHEMA_VERSION: Final = 1

Kind = Literal[
    "describe",
    "baseline",
    "train",
    "sweep",
    "random_search",
    "grid_search",
    "hyperband",
    "reproduce",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

# Settings that stand for several fields of the network at once.
DERIVED = {
    "layers": "number of hidden layers, each as wide as the first",
    "units": "units of every hidden layer",
    "first_layer_units": "units of the first of two hidden layers; the second has the rest",
}
NOT_VARIED = ("hidden_layers", "schedule", "early_stopping", "seed", "dropout_after")
VARIABLE: tuple[str, ...] = (
    *DERIVED,
    *(k.name for k in knobs(NetworkSpec) if k.name not in NOT_VARIED),
)

Model = TypeVar("Model", bound=BaseModel)
Vary = Annotated[dict[str, Dimension], Field(min_length=1, max_length=20)]


class DescribeSpec(DataSpec):
    """Look at the data: columns, balance, distributions."""

    kind: Literal["describe"] = "describe"
    schema_version: Literal[1] = SCHEMA_VERSION


class BaselineSpec(DataSpec):
    """Logistic regression, the figure a network has to beat."""

    kind: Literal["baseline"] = "baseline"
    schema_version: Literal[1] = SCHEMA_VERSION
    inverse_regularization: Annotated[float, Field(gt=0, le=1e6)] = knob(
        1.0, gt=0, le=1e6, usual=(1e-4, 1e4), group="Baseline",
        help="C of scikit-learn: larger means a weaker L2 penalty.",
    )  # fmt: skip
    max_iterations: Annotated[int, Field(ge=1, le=100_000)] = knob(
        1000, ge=1, le=100_000, unit="iterations", group="Baseline",
        help="Solver iterations, at most.",
    )  # fmt: skip


class TrainSpec(NetworkSpec, DataSpec):
    """One network, trained and scored."""

    kind: Literal["train"] = "train"
    schema_version: Literal[1] = SCHEMA_VERSION


class _VaryingSpec(NetworkSpec, DataSpec):
    """A network of which some settings vary."""

    vary: Vary

    @model_validator(mode="after")
    def _settings_exist(self) -> Self:
        for name, dimension in self.vary.items():
            if name not in VARIABLE:
                raise ValueError(f"vary: {name!r} cannot vary; one of {', '.join(VARIABLE)}")
            for value in _corners(dimension):
                try:
                    with_settings(self.network, {name: value})
                except InvalidSpec as error:
                    raise ValueError(f"vary: {name}: {error.problems[0].message}") from None
        return self


class SweepSpec(_VaryingSpec):
    """One setting varied over a range, repeated with several seeds."""

    kind: Literal["sweep"] = "sweep"
    schema_version: Literal[1] = SCHEMA_VERSION
    repeats: Annotated[int, Field(ge=1, le=1000)] = knob(
        5, ge=1, le=1000, unit="seeds", group="Sweep", help="Trainings for each value."
    )

    @model_validator(mode="after")
    def _one_setting(self) -> Self:
        if len(self.vary) != 1:
            raise ValueError("vary: a sweep varies exactly one setting")
        _refuse_continuous(self.vary, "a sweep")
        return self


class RandomSearchSpec(_VaryingSpec):
    """Candidates drawn at random, scored by cross-validation (Bergstra and Bengio 2012)."""

    kind: Literal["random_search"] = "random_search"
    schema_version: Literal[1] = SCHEMA_VERSION
    candidates: Annotated[int, Field(ge=1, le=10_000)] = knob(
        10, ge=1, le=10_000, group="Search", help="Candidates drawn."
    )
    folds: Annotated[int, Field(ge=2, le=100)] = knob(
        3, ge=2, le=100, unit="folds", group="Search", help="Parts of the cross-validation."
    )


class GridSearchSpec(_VaryingSpec):
    """Every combination of the listed values, scored by cross-validation."""

    kind: Literal["grid_search"] = "grid_search"
    schema_version: Literal[1] = SCHEMA_VERSION
    folds: Annotated[int, Field(ge=2, le=100)] = knob(
        3, ge=2, le=100, unit="folds", group="Search", help="Parts of the cross-validation."
    )

    @model_validator(mode="after")
    def _countable(self) -> Self:
        _refuse_continuous(self.vary, "a grid search")
        return self


class HyperbandSpec(_VaryingSpec):
    """Many candidates for a few epochs, the best for more (Li et al. 2018)."""

    kind: Literal["hyperband"] = "hyperband"
    schema_version: Literal[1] = SCHEMA_VERSION
    max_epochs: Annotated[int, Field(ge=2, le=100_000)] = knob(
        10, ge=2, le=100_000, unit="epochs", group="Search", help="Epochs of the longest training."
    )
    factor: Annotated[int, Field(ge=2, le=10)] = knob(
        3, ge=2, le=10, group="Search", help="One candidate in this many goes on to the next rung."
    )

    @model_validator(mode="after")
    def _budgets_decide(self) -> Self:
        if "epochs" in self.vary:
            raise ValueError("vary: hyperband sets the epochs itself; vary other settings")
        return self


class ReproduceSpec(DataSpec):
    """The whole post: its networks, experiments and searches, beside its published figures.

    Every part is run as published and, beside it, strictly; the data are the
    post's and cannot be chosen.
    """

    kind: Literal["reproduce"] = "reproduce"
    schema_version: Literal[1] = SCHEMA_VERSION
    protocol: Literal["strict", "as_published"] = knob(
        "as_published", group="Data", help="Both are run; this marks the run as the post's."
    )
    seeds: Annotated[int, Field(ge=1, le=100)] = knob(
        5, ge=1, le=100, unit="seeds", group="Reproduction",
        help="Splits and seeds that each network and experiment is repeated with.",
    )  # fmt: skip
    quick: bool = knob(
        False, group="Reproduction", help="Fewer points in the experiments, fewer candidates."
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED - 1000)] = knob(
        0, ge=0, le=MAX_SEED - 1000, group="Reproduction", help="The first of the seeds."
    )

    @model_validator(mode="after")
    def _the_posts_data(self) -> Self:
        for name, field in type(self).model_fields.items():
            if name in DataSpec.model_fields and getattr(self, name) != field.default:
                raise ValueError(f"{name}: the post's data and split cannot be changed")
        return self


RunSpec = (
    DescribeSpec
    | BaselineSpec
    | TrainSpec
    | SweepSpec
    | RandomSearchSpec
    | GridSearchSpec
    | HyperbandSpec
    | ReproduceSpec
)
SPECS: dict[str, type[RunSpec]] = {
    "describe": DescribeSpec,
    "baseline": BaselineSpec,
    "train": TrainSpec,
    "sweep": SweepSpec,
    "random_search": RandomSearchSpec,
    "grid_search": GridSearchSpec,
    "hyperband": HyperbandSpec,
    "reproduce": ReproduceSpec,
}


def make_spec(kind: str, fields: Mapping[str, Any]) -> RunSpec:
    """Build the spec of `kind` from JSON values.

    Raises `InvalidSpec`, whose problems name each bad field, its value and
    what is allowed.
    """
    model = SPECS.get(kind)
    if model is None:
        raise InvalidSpec((Problem("kind", f"{kind!r} is not one of {', '.join(KINDS)}"),))
    return _validated(model, _with_target(fields) | {"kind": kind})


def load_spec(text: str) -> RunSpec:
    """Read a spec from JSON text, which names its kind."""
    try:
        fields = json.loads(text)
    except ValueError as error:
        raise InvalidSpec((Problem("", f"the spec is not JSON: {error}"),)) from None
    if not isinstance(fields, dict) or not isinstance(fields.get("kind"), str):
        found = Problem("kind", f"the spec must be an object with a kind: {', '.join(KINDS)}")
        raise InvalidSpec((found,))
    return make_spec(fields["kind"], fields)


def assign(
    kind: str, fields: Mapping[str, Any], texts: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """Lay typed `(field, text)` pairs over JSON fields, for `make_spec` to check.

    A dotted name reaches into a schedule or early stopping (`schedule.factor`).
    """
    model = SPECS[kind]
    result = dict(fields)
    for name, text in texts:
        head, _, rest = name.partition(".")
        setting = knob_at(model, name)
        if setting is None:
            raise InvalidSpec((_unknown(model, name),))
        if rest:
            inner = result.get(head)
            inner = {"name": inner} if isinstance(inner, str) else dict(inner or {})
            result[head] = inner | {rest: parse(setting, text)}
        else:
            result[head] = parse(setting, text)
    return result


def assign_vary(fields: Mapping[str, Any], texts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Lay `(setting, range text)` pairs over the fields of a sweep or search."""
    varied = dict(fields.get("vary") or {}) | {name: parse_dimension(t) for name, t in texts}
    return {**fields, "vary": varied}


def to_fields(spec: RunSpec) -> dict[str, Any]:
    """The spec as JSON values, from which `make_spec` builds an equal one."""
    return spec.model_dump(mode="json")


def with_settings(network: NetworkSpec, settings: Mapping[str, Any]) -> NetworkSpec:
    """The network with some settings changed, derived ones (`units`, …) spread out.

    Raises `InvalidSpec` when a value is not allowed.
    """
    fields = network.model_dump(mode="json")
    plain = {name: value for name, value in settings.items() if name not in DERIVED}
    fields |= plain
    if {"layers", "units", "first_layer_units"} & settings.keys():
        fields["hidden_layers"] = _layers(list(network.hidden_layers), settings)
    return _validated(NetworkSpec, fields)


def _layers(hidden: list[int], settings: Mapping[str, Any]) -> list[int]:
    if "layers" in settings:
        hidden = [hidden[0] if hidden else 100] * settings["layers"]
    if "units" in settings:
        hidden = [settings["units"]] * max(1, len(hidden))
    if "first_layer_units" in settings:
        total, first = sum(hidden[:2]), settings["first_layer_units"]
        hidden = [first, total - first]
    return hidden


def _validated(model: type[Model], fields: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate_json(json.dumps(fields))
    except ValidationError as error:
        raise InvalidSpec(problems(model, error)) from None


def _with_target(fields: Mapping[str, Any]) -> dict[str, Any]:
    if fields.get("data", PENGUINS) != PENGUINS and not fields.get("target"):
        raise InvalidSpec((Problem("target", "name the column that holds the class"),))
    return dict(fields)


def _unknown(model: type[RunSpec], name: str) -> Problem:
    import difflib

    names = [k.name for k in knobs(model)]
    close = difflib.get_close_matches(name, names, n=1)
    return Problem(
        name, "there is no such setting" + (f"; did you mean {close[0]}?" if close else "")
    )


def _corners(dimension: Dimension) -> tuple[Any, ...]:
    return dimension.values if isinstance(dimension, Choice) else (dimension.low, dimension.high)


def _refuse_continuous(vary: Mapping[str, Dimension], what: str) -> None:
    for name, dimension in vary.items():
        if isinstance(dimension, Range) and dimension.values is None:
            raise ValueError(f"vary: {name}: {what} needs a step (low..high/step) or a list")
