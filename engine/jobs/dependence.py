"""How a run's probabilities depend on one column."""

from engine.errors import EngineError
from engine.jobs.phases.read_data import progress_of
from engine.prediction.dependence import dependence
from engine.prediction.opened_run import opened
from engine.results.explanation import Dependence
from engine.runs.reporter import Reporter
from engine.sources.encoding import shown
from engine.specs.kinds.explain import DependenceQuestion


def run(question: DependenceQuestion, reporter: Reporter) -> Dependence:
    """Set the column in the validation rows to other values; the test rows are not looked at."""
    known = opened(question, progress_of(reporter))
    if question.name not in known.fitted.columns:
        raise EngineError(f"The run does not predict from a column {shown(question.name)}.")
    return dependence(known, question.name, progress_of(reporter, "predicting"))
