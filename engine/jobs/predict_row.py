"""What a run makes of one row: probabilities, what is unusual, what would turn the answer."""

import numpy as np

from engine.errors import EngineError
from engine.jobs.phases.read_data import progress_of
from engine.prediction.opened_run import opened
from engine.results.prediction import RowPrediction
from engine.runs.reporter import Reporter
from engine.specs.kinds.predict_row import PredictRowQuestion


def run(question: PredictRowQuestion, reporter: Reporter) -> RowPrediction:
    """Answer at once, but for the first question about a run, which reads its data."""
    known = opened(question, progress_of(reporter))
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
