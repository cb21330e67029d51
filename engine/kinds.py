"""The kinds of run and of query, one entry each, and the ways to make a spec of one.

Whatever has to know the kinds reads `KINDS`. A new one is its spec, its job, an entry here and one
in the screen's table.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

from engine.environment.variables import TEST_KINDS
from engine.results.base import RunResult
from engine.results.checks import CheckReport
from engine.results.describe import DescribeResult
from engine.results.evaluate import EvaluateResult
from engine.results.leaks import LeaksResult
from engine.results.learning_curve import LearningCurveResult
from engine.results.prediction import RowPrediction
from engine.results.rows import RowsPage
from engine.results.scores import BaselineResult, TrainResult
from engine.results.search import ReproduceResult, SearchResult, SweepResult
from engine.specs import presets
from engine.specs.base import Frozen, InvalidSpec
from engine.specs.data import PENGUINS, DataSpec
from engine.specs.derived_settings import validated
from engine.specs.earlier_defaults import with_earlier_defaults
from engine.specs.kinds.baseline import BaselineSpec
from engine.specs.kinds.check import CheckSpec
from engine.specs.kinds.describe import DescribeSpec
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.specs.kinds.leaks import LeaksSpec
from engine.specs.kinds.learning_curve import LearningCurveSpec
from engine.specs.kinds.predict_row import PredictRowQuestion
from engine.specs.kinds.reproduce import ReproduceSpec
from engine.specs.kinds.rows import RowsSpec
from engine.specs.kinds.searches import GridSearchSpec, HyperbandSpec, RandomSearchSpec
from engine.specs.kinds.sweep import SweepSpec
from engine.specs.kinds.train import TrainSpec
from engine.specs.problems import Problem
from engine.specs.run_spec import RunSpec
from engine.specs.typed_text import quoted
from engine.specs.varying import VaryingSpec


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of run.

    `label` is what a person reads, in lower case, and `short_label` where there is little room.
    `job` is the module with `run(spec, reporter) -> result`, named and not imported: it may need
    heavy libraries. A kind that does not need TensorFlow starts before it has been loaded.
    """

    name: str
    label: str
    spec: type[RunSpec]
    job: str
    result: type[RunResult]
    presets: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    short_label: str = ""
    is_search: bool = False
    needs_tensorflow: bool = True
    can_resume: bool = True
    # what only looks at data is listed on request, and compared with nothing
    is_experiment: bool = True
    # whose figures leak on purpose, and are marked wherever they are shown
    shows_leaks: bool = False

    @property
    def summary(self) -> str:
        """What the kind does, in a line."""
        return (self.spec.__doc__ or self.label).splitlines()[0]

    @property
    def varies(self) -> bool:
        """Whether some settings vary, so that the run has several trials to choose from."""
        return issubclass(self.spec, VaryingSpec)


_ENTRIES = (
    Kind(
        "describe", "data summary", DescribeSpec, "engine.jobs.describe", DescribeResult,
        short_label="describe", needs_tensorflow=False, is_experiment=False,
    ),
    Kind(
        "baseline", "baseline", BaselineSpec, "engine.jobs.baseline", BaselineResult,
        needs_tensorflow=False,
    ),
    Kind(
        "train", "training", TrainSpec, "engine.jobs.train", TrainResult,
        presets.TRAIN_PRESETS, short_label="train",
    ),
    Kind(
        "sweep", "sweep", SweepSpec, "engine.jobs.sweep", SweepResult, presets.SWEEP_PRESETS
    ),
    Kind(
        "random_search", "random search", RandomSearchSpec, "engine.jobs.random_search",
        SearchResult, presets.RANDOM_PRESETS, short_label="random", is_search=True,
    ),
    Kind(
        "grid_search", "grid search", GridSearchSpec, "engine.jobs.grid_search",
        SearchResult, presets.GRID_PRESETS, short_label="grid", is_search=True,
    ),
    Kind(
        "hyperband", "Hyperband", HyperbandSpec, "engine.jobs.hyperband", SearchResult,
        presets.HYPERBAND_PRESETS, short_label="hyperband", is_search=True,
    ),
    Kind(
        "evaluate", "evaluation", EvaluateSpec, "engine.jobs.evaluate", EvaluateResult,
        short_label="evaluate",
    ),
    Kind(
        "learning_curve", "learning curve", LearningCurveSpec, "engine.jobs.learning_curve",
        LearningCurveResult, short_label="curve",
    ),
    Kind(
        "leaks", "leakage", LeaksSpec, "engine.jobs.leaks", LeaksResult, shows_leaks=True,
    ),
    Kind(
        "reproduce", "reproduction", ReproduceSpec, "engine.jobs.reproduce", ReproduceResult,
        short_label="reproduce",
    ),
)  # fmt: skip
KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in _ENTRIES}


@dataclass(frozen=True, slots=True)
class QueryKind:
    """A kind of query: a small question to the engine, answered once and never listed.

    `job` is named and not imported, as a run's; its `run(arguments, reporter)` returns a `result`.
    Of a kind that `keeps_answers` the last ones are kept for who asks the same of the same file.
    """

    name: str
    arguments: type[Frozen]
    job: str
    result: type[Frozen]
    needs_tensorflow: bool = False
    keeps_answers: bool = False


_QUERIES = (
    QueryKind("describe", DescribeSpec, "engine.jobs.describe", DescribeResult, keeps_answers=True),
    QueryKind("rows", RowsSpec, "engine.jobs.rows", RowsPage),
    QueryKind("check", CheckSpec, "engine.jobs.check", CheckReport),
    QueryKind("predict_row", PredictRowQuestion, "engine.jobs.predict_row", RowPrediction),
)
QUERIES: Final[dict[str, QueryKind]] = {kind.name: kind for kind in _QUERIES}


def label_of(name: str, *, short: bool = False) -> str:
    """How the kind `name` is called; one that this version does not know, by its name."""
    kind = KINDS.get(name)
    if kind is None:
        return name.replace("_", " ")
    return (short and kind.short_label) or kind.label


def varies(name: str) -> bool:
    """Whether runs of the kind `name` have several trials; false of one not known here."""
    return name in KINDS and KINDS[name].varies


def make_spec(name: str, fields: Mapping[str, Any]) -> RunSpec:
    """Build the spec of the kind `name` from JSON values.

    Raises `InvalidSpec`, whose problems name each bad field, its value and
    what is allowed, alone or together with the others.
    """
    spec = _read(name, fields)
    if found := spec.cross_field_errors():
        raise InvalidSpec(tuple(found))
    return spec


def make_question(name: str, fields: Mapping[str, Any]) -> DataSpec:
    """Build the arguments of the query `name` from JSON values; raises as `make_spec` does.

    For queries about a data file.
    """
    arguments = QUERIES[name].arguments
    assert issubclass(arguments, DataSpec)
    return make_spec(name, fields) if name in KINDS else validated(arguments, fields)


def load_spec(text: str) -> RunSpec:
    """Read a stored spec from JSON text, which names its kind.

    Rules between settings are not applied: an earlier version may have had fewer. A setting that
    it did not have yet gets the value that says what it did (`DEFAULTS_BEFORE`).
    """
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidSpec((Problem("", f"the spec is not JSON: {error}"),)) from None
    if not isinstance(fields, dict) or not isinstance(fields.get("kind"), str):
        found = Problem("kind", f"the spec must be an object with a kind: {', '.join(KINDS)}")
        raise InvalidSpec((found,))
    return _read(fields["kind"], with_earlier_defaults(fields))


def _read(name: str, fields: Mapping[str, Any]) -> RunSpec:
    kind = KINDS.get(name)
    if kind is None:
        raise InvalidSpec((Problem("kind", f"{quoted(name)} is not one of {', '.join(KINDS)}"),))
    data = fields.get("data", PENGUINS)
    own_file = isinstance(data, str) and data.strip() and data != PENGUINS
    if own_file and kind.spec.chooses_data and not fields.get("target"):
        message = f"name the column of {quoted(data)} that holds the class"
        raise InvalidSpec((Problem("target", message),))
    return validated(kind.spec, {**fields, "kind": name})


def read_result(value: Any) -> RunResult:
    """The result of any kind, from its JSON values (which name the kind) or as it is.

    Raises ValueError when it is none; pydantic's ValidationError is one.
    """
    if isinstance(value, RunResult):
        return value
    name = value.get("kind") if isinstance(value, dict) else None
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ValueError(f"not the result of a kind of run ({', '.join(KINDS)})")
    # JSON has lists for tuples, which only a lenient reading takes
    return kind.result.model_validate(value, strict=False)


# at the end: that module may import whatever imports this one
if _name := TEST_KINDS.value():
    _module = import_module(_name)
    KINDS.update(getattr(_module, "KINDS", {}))
    QUERIES.update(getattr(_module, "QUERIES", {}))
