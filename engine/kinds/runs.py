"""The kinds of run, one entry each.

Whatever has to know the kinds reads `KINDS`. A new one is its spec, its job, an entry here and one
in the screen's table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.kinds.places import Libraries, class_at
from engine.specs import presets

if TYPE_CHECKING:
    from engine.results.base import RunResult
    from engine.specs.run_spec import RunSpec


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of run.

    `label` is what a person reads, in lower case, and `short_label` where there is little room.
    `spec_at` and `result_at` say where its classes are (`module:class`), which are imported when
    they are first used: a command uses few of them. `job` is the module with
    `run(spec, reporter) -> result`, which may need heavy libraries. A run starts as soon as those
    have been loaded that its kind `needs`.
    """

    name: str
    label: str
    spec_at: str
    job: str
    result_at: str
    presets: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    short_label: str = ""
    is_search: bool = False
    needs: Libraries = "trainer"
    can_resume: bool = True
    # what only looks at data is listed on request, and compared with nothing
    is_experiment: bool = True
    # its trials may be trained on a cluster
    distributes: bool = False
    # whose figures leak on purpose, and are marked wherever they are shown
    shows_leaks: bool = False

    @property
    def spec(self) -> "type[RunSpec]":
        """The class of its specs."""
        return class_at(self.spec_at)

    @property
    def result(self) -> "type[RunResult]":
        """The class of its results."""
        return class_at(self.result_at)

    @property
    def summary(self) -> str:
        """What the kind does: of one among others in 50 characters, for a narrow terminal."""
        return (self.spec.__doc__ or self.label).splitlines()[0]

    @property
    def varies(self) -> bool:
        """Whether some settings vary, so that the run has several trials to choose from."""
        from engine.specs.varying import VaryingSpec

        return issubclass(self.spec, VaryingSpec)


_ENTRIES = (
    Kind(
        "describe", "data summary", "engine.specs.kinds.describe:DescribeSpec",
        "engine.jobs.describe", "engine.results.describe:DescribeResult",
        short_label="describe", needs="data", is_experiment=False,
    ),
    Kind(
        "baseline", "baseline", "engine.specs.kinds.baseline:BaselineSpec",
        "engine.jobs.baseline", "engine.results.scores:BaselineResult",
        needs="data",
    ),
    Kind(
        "train", "training", "engine.specs.kinds.train:TrainSpec",
        "engine.jobs.train", "engine.results.scores:TrainResult",
        presets.TRAIN_PRESETS, short_label="train",
    ),
    Kind(
        "sweep", "sweep", "engine.specs.kinds.sweep:SweepSpec",
        "engine.jobs.sweep", "engine.results.search:SweepResult",
        presets.SWEEP_PRESETS, distributes=True,
    ),
    Kind(
        "random_search", "random search", "engine.specs.kinds.searches:RandomSearchSpec",
        "engine.jobs.random_search", "engine.results.search:SearchResult",
        presets.RANDOM_PRESETS, short_label="random", is_search=True, needs="tensorflow",
        distributes=True,
    ),
    Kind(
        "grid_search", "grid search", "engine.specs.kinds.searches:GridSearchSpec",
        "engine.jobs.grid_search", "engine.results.search:SearchResult",
        presets.GRID_PRESETS, short_label="grid", is_search=True, needs="tensorflow",
        distributes=True,
    ),
    Kind(
        "hyperband", "Hyperband", "engine.specs.kinds.searches:HyperbandSpec",
        "engine.jobs.hyperband", "engine.results.search:SearchResult",
        presets.HYPERBAND_PRESETS, short_label="hyperband", is_search=True, needs="tensorflow",
        distributes=True,
    ),
    Kind(
        "evaluate", "evaluation", "engine.specs.kinds.evaluate:EvaluateSpec",
        "engine.jobs.evaluate", "engine.results.evaluate:EvaluateResult",
        short_label="evaluate", distributes=True,
    ),
    Kind(
        "learning_curve", "learning curve",
        "engine.specs.kinds.learning_curve:LearningCurveSpec",
        "engine.jobs.learning_curve", "engine.results.learning_curve:LearningCurveResult",
        short_label="curve", distributes=True,
    ),
    Kind(
        "leaks", "leakage", "engine.specs.kinds.leaks:LeaksSpec",
        "engine.jobs.leaks", "engine.results.leaks:LeaksResult",
        shows_leaks=True, distributes=True,
    ),
    Kind(
        "influence", "row influence", "engine.specs.kinds.influence:InfluenceSpec",
        "engine.jobs.influence", "engine.results.influence:InfluenceResult",
        short_label="influence", distributes=True,
    ),
    Kind(
        "reproduce", "reproduction", "engine.specs.kinds.reproduce:ReproduceSpec",
        "engine.jobs.reproduce", "engine.results.search:ReproduceResult",
        short_label="reproduce", needs="tensorflow", distributes=True,
    ),
)  # fmt: skip
KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in _ENTRIES}


def label_of(name: str, *, short: bool = False) -> str:
    """How the kind `name` is called; one that this version does not know, by its name."""
    kind = KINDS.get(name)
    if kind is None:
        return name.replace("_", " ")
    return (short and kind.short_label) or kind.label


def varies(name: str) -> bool:
    """Whether runs of the kind `name` have several trials; false of one not known here."""
    return name in KINDS and KINDS[name].varies
