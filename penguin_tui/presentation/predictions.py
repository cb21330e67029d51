"""What predicting a file has come to, in sentences."""

from collections.abc import Iterator

from engine.results.prediction import FilePrediction
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Line, line, muted, warning
from penguin_tui.presentation.text import counted, interval
from penguin_tui.presentation.words import evaluated, published


def prediction_lines(found: FilePrediction, record: RunRecord) -> Iterator[Line]:
    """How many rows there were, how well they were predicted, and what to know of that."""
    flagged = f", {counted(found.flagged, 'row')} flagged" if found.flagged else ""
    yield line(f"{counted(found.rows, 'row')} predicted by run {found.run}{flagged}.")
    if found.has_target:
        yield line(_accuracy(found))
    if found.seen:
        left_out = "; they are left out of the accuracy" if found.has_target else ""
        how = "learnt from or chosen on" if published(record) else "learnt from or validated on"
        yield warning(f"{counted(found.seen, 'row')} seen: the run has {how} them{left_out}.")
    if found.has_target and found.test_rows and not published(record):
        yield muted(
            f"{counted(found.test_rows, 'held-out test row')} among them: they count as an"
            f" evaluation of the test set, {evaluated(record)}."
        )
    for note in found.notes:
        yield warning(note)


def _accuracy(found: FilePrediction) -> str:
    if found.accuracy is None:
        return "No accuracy: no row with a class is new to the run."
    return f"Accuracy on {counted(found.scored, 'new row')}: {interval(found.accuracy)}."
