"""All about one row of a run's data."""

from engine.jobs.phases.read_data import progress_of
from engine.prediction.opened_run import opened
from engine.prediction.row_card import row_card
from engine.results.row_card import RowCard
from engine.runs.reporter import Reporter
from engine.specs.kinds.row_card import RowCardQuestion


def run(question: RowCardQuestion, reporter: Reporter) -> RowCard:
    """Its values beside those of each class, what the run said of it, and what is near it."""
    known = opened(question, progress_of(reporter))
    return row_card(known, question.row, progress_of(reporter, "looking for near rows"))
