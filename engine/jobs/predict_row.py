"""What a run makes of one row: probabilities, what is unusual, what would turn the answer."""

from pathlib import Path

import numpy as np

from engine.data.kept_cells import kept_cells
from engine.environment.memory import release_when_short
from engine.errors import EngineError
from engine.jobs.phases.read_data import progress_of
from engine.prediction.counterfactual import Counterfactuals
from engine.prediction.fitted_run import FittedRun
from engine.prediction.flags import Flagger
from engine.prediction.own_rows import OwnRows
from engine.prediction.typed_row import TypedRows
from engine.results.prediction import RowPrediction
from engine.runs.reporter import Reporter
from engine.specs.kinds.predict_row import PredictRowQuestion
from engine.store.store import Store


class _Asked:
    """The run that rows are typed for, read once: the questions come at every key."""

    def __init__(self, question: PredictRowQuestion, reporter: Reporter) -> None:
        self.key = _key(question)
        with Store.open(Path(question.home)) as store:
            self.fitted = FittedRun.load(store, question.run)
            self.own = OwnRows.load(store, self.fitted.record, progress_of(reporter), kept_cells)
        self.rows = TypedRows(self.fitted, self.own)
        self.flagger = Flagger(self.fitted.preprocessor, self.own)
        self.others = Counterfactuals(self.fitted, self.rows.features)


_last: _Asked | None = None


def release() -> None:
    """Let go of the run that was asked about last."""
    global _last
    _last = None


release_when_short(release)


def _asked(question: PredictRowQuestion, reporter: Reporter) -> _Asked:
    global _last
    known = _last
    if known is None or known.key != _key(question):
        known = _last = _Asked(question, reporter)
    return known


def _key(question: PredictRowQuestion) -> tuple[object, ...]:
    """What has to be read again when it is another."""
    return question.home, question.run, question.rule


def run(question: PredictRowQuestion, reporter: Reporter) -> RowPrediction:
    """Answer at once, but for the first question about a run, which reads its data."""
    known = _asked(question, reporter)
    table = known.own.table
    cells, actual, data_set = known.rows.typical() | question.cells, "", ""
    if question.data_row is not None:
        if question.data_row > len(table.codes):
            raise EngineError(f"The run's data have {len(table.codes):,} rows.")
        place = question.data_row - 1
        cells = known.rows.data_row(place)
        actual, data_set = table.classes[table.codes[place]], str(known.own.sets[place])
    row, problems = known.rows.frame(cells)
    x = np.asarray(known.fitted.preprocessor.apply(row))
    probabilities = known.fitted.of_array(x)
    code = int(known.fitted.codes(probabilities)[0])
    values = {str(name): column.iloc[0] for name, column in row.items()}
    return RowPrediction(
        features=tuple(known.rows.features.values()),
        cells=cells,
        labels=known.fitted.classes,
        probabilities=tuple(map(float, probabilities[0])),
        predicted=known.fitted.classes[code],
        flags=known.flagger.by_column(row),
        problems=problems,
        counterfactual=known.others.nearest(x, values, code),
        data_rows=len(table.codes),
        actual=actual,
        data_set=data_set,
    )
