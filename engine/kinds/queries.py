"""The kinds of query, one entry each."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.kinds.places import Libraries, class_at

if TYPE_CHECKING:
    from engine.specs.base import Frozen


@dataclass(frozen=True, slots=True)
class QueryKind:
    """A kind of query: a small question to the engine, answered once and never listed.

    Classes and job are named and not imported, as a run's; the job's `run(arguments, reporter)`
    returns a `result`.
    Of a kind that `keeps_answers` the last ones are kept for who asks the same of the same file.
    """

    name: str
    arguments_at: str
    job: str
    result_at: str
    needs: Libraries = "data"
    keeps_answers: bool = False

    @property
    def arguments(self) -> "type[Frozen]":
        """The class of its arguments."""
        return class_at(self.arguments_at)

    @property
    def result(self) -> "type[Frozen]":
        """The class of the answers."""
        return class_at(self.result_at)


_QUERIES = (
    QueryKind(
        "describe", "engine.specs.kinds.describe:DescribeSpec",
        "engine.jobs.describe", "engine.results.describe:DescribeResult",
        keeps_answers=True,
    ),
    QueryKind(
        "rows", "engine.specs.kinds.rows:RowsSpec",
        "engine.jobs.rows", "engine.results.rows:RowsPage",
    ),
    QueryKind(
        "lines", "engine.specs.kinds.lines:LinesSpec",
        "engine.jobs.lines", "engine.results.lines:RawLines",
    ),
    QueryKind(
        "cluster", "engine.specs.kinds.cluster_state:ClusterQuestion",
        "engine.cluster.state", "engine.results.cluster:ClusterState",
    ),
    QueryKind(
        "check", "engine.specs.kinds.check:CheckSpec",
        "engine.jobs.check", "engine.results.checks:CheckReport",
    ),
    QueryKind(
        "predict_row", "engine.specs.kinds.predict_row:PredictRowQuestion",
        "engine.jobs.predict_row", "engine.results.prediction:RowPrediction",
    ),
    QueryKind(
        "playground", "engine.specs.kinds.playground:PlaygroundQuestion",
        "engine.jobs.playground", "engine.results.playground:PlaygroundAnswer",
        needs="trainer",
    ),
    QueryKind(
        "compile_ahead", "engine.specs.kinds.playground:CompileQuestion",
        "engine.jobs.compile_ahead", "engine.results.playground:Compiled",
        needs="trainer",
    ),
    QueryKind(
        "film", "engine.specs.kinds.playground:FilmQuestion",
        "engine.jobs.film", "engine.results.playground:PlaygroundAnswer",
        needs="trainer",
    ),
    QueryKind(
        "smallest", "engine.specs.kinds.smallest:SmallestQuestion",
        "engine.jobs.smallest", "engine.results.smallest:SmallestResult",
        needs="trainer",
    ),
    QueryKind(
        "toy_file", "engine.specs.kinds.playground:ToyFileQuestion",
        "engine.jobs.toy_file", "engine.results.playground:ToyFile",
    ),
    QueryKind(
        "explain", "engine.specs.kinds.explain:ExplainQuestion",
        "engine.jobs.explain", "engine.results.explanation:Explanation",
    ),
    QueryKind(
        "dependence", "engine.specs.kinds.explain:DependenceQuestion",
        "engine.jobs.dependence", "engine.results.explanation:Dependence",
    ),
    QueryKind(
        "cell_rows", "engine.specs.kinds.row_card:CellRowsQuestion",
        "engine.jobs.cell_rows", "engine.results.row_card:CellRows",
    ),
    QueryKind(
        "row_card", "engine.specs.kinds.row_card:RowCardQuestion",
        "engine.jobs.row_card", "engine.results.row_card:RowCard",
    ),
    QueryKind(
        "epoch_confusion", "engine.specs.kinds.epoch_confusion:EpochConfusionQuestion",
        "engine.jobs.epoch_confusion", "engine.results.epoch_confusion:EpochConfusions",
        needs="trainer",
    ),
)  # fmt: skip
QUERIES: Final[dict[str, QueryKind]] = {kind.name: kind for kind in _QUERIES}
