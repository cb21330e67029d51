"""The rows behind a cell of a confusion matrix."""

from engine.jobs.phases.read_data import progress_of
from engine.prediction.opened_run import opened
from engine.prediction.row_card import cell_rows
from engine.results.row_card import CellRows
from engine.runs.reporter import Reporter
from engine.specs.kinds.row_card import CellRowsQuestion


def run(question: CellRowsQuestion, reporter: Reporter) -> CellRows:
    """Read them from what the run has kept: nothing is predicted, and no test row evaluated."""
    known = opened(question, progress_of(reporter))
    return cell_rows(known, question.data_set, question.actual, question.predicted)
