"""How much each column matters to what a run predicts."""

from engine.jobs.phases.read_data import progress_of
from engine.prediction.explanation import explanation
from engine.prediction.opened_run import opened
from engine.results.explanation import Explanation
from engine.runs.reporter import Reporter
from engine.specs.kinds.explain import ExplainQuestion


def run(question: ExplainQuestion, reporter: Reporter) -> Explanation:
    """Permute each column of the validation rows; the test rows are not looked at."""
    known = opened(question, progress_of(reporter))
    return explanation(known, question.repeats, question.seed, progress_of(reporter, "permuting"))
