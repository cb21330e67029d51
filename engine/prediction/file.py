"""A file predicted row by row, and scored where it says the class of its rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.row_hashes import row_hashes
from engine.data.scan import Progress
from engine.errors import EngineError
from engine.prediction.fitted_run import FittedRun
from engine.prediction.flags import Flagger
from engine.prediction.new_rows import NewRows, open_rows
from engine.prediction.own_rows import LabelReader, OwnRows, few_told_apart
from engine.prediction.written_rows import WrittenRows, added_columns
from engine.results.prediction import FilePrediction
from engine.results.statistics import wilson
from engine.runs.held_out_rows import HeldOutRows
from engine.sources.encoding import shown

# of the time until rows are written, the part that is for looking through the file
_SCANNED = 0.4
Codes = npt.NDArray[np.int64]


def predict_file(
    fitted: FittedRun,
    own: OwnRows | EngineError,
    data: str,
    output: WrittenRows,
    progress: Progress,
    on_opened: Callable[[HeldOutRows], None],
) -> FilePrediction:
    """Write the rows of the file `data` with what `fitted` predicts to `output`.

    Its own columns come first, then `prediction`, `probability:CLASS` for each class, and `flags`.
    `own` are the run's rows, or why they cannot be had. Where held-out test rows are scored
    `on_opened` gets the whole test set, so that the evaluation is counted. Raises EngineError, with
    the line, for what cannot be read; `progress` gets the fraction done.
    """
    known = own if isinstance(own, OwnRows) else None
    like = None if known is None else known.table.file.facts
    rows = open_rows(
        data, fitted.record.spec.data_spec, like, fitted.preprocessor,
        lambda done: progress(_SCANNED * done),
    )  # fmt: skip
    _refuse_taken(rows.columns, added_columns(fitted.classes))
    recognition = None if known is None else _Recognition(known, rows)
    tally = _Tally(labels=LabelReader(fitted.preprocessor, known) if rows.has_target else None)
    flagger = Flagger(fitted.preprocessor, known)
    output.begin(rows.columns, fitted.classes)
    columns = _typed_columns(fitted, rows, known)
    for piece in rows.pieces(columns, lambda done: progress(_SCANNED + (1 - _SCANNED) * done)):
        probabilities = fitted.probabilities(piece.frame)
        codes = fitted.codes(probabilities)
        flags = flagger.flags(piece.frame)
        output.add(piece, codes.tolist(), probabilities, flags)
        tally.add(piece.frame, codes, flags, recognition)
    if tally.test_scored and known is not None:
        on_opened(known.held_out)
    return tally.result(fitted, rows, own, recognition)


def _refuse_taken(columns: Sequence[str], added: Sequence[str]) -> None:
    taken = [name for name in added if name in columns]
    if taken:
        raise EngineError(
            f"The file has a column {shown(taken[0])} already, as predictions are called.",
            "Rename or remove it: two columns of one name could not be told apart.",
        )


def _typed_columns(fitted: FittedRun, rows: NewRows, own: OwnRows | None) -> tuple[str, ...]:
    """The columns to type: those to predict from, and those by which rows are known again."""
    if own is not None:
        return own.shared(rows.columns)
    target = (fitted.preprocessor.target,) if rows.has_target else ()
    return (*fitted.columns, *target)


class _Recognition:
    """Knows rows of a run again by their values, over all columns that both files have."""

    def __init__(self, own: OwnRows, rows: NewRows) -> None:
        self._own, self.names = own, own.shared(rows.columns)
        self._seen = own.hashes(self.names, own.seen)
        self._test = own.hashes(self.names, (own.sets == "test") & ~own.seen)

    def of(self, frame: pd.DataFrame) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which rows the run has seen, and which of the others are its held-out test rows."""
        found = row_hashes(frame, self.names)
        seen = np.isin(found, self._seen)
        return seen, np.isin(found, self._test) & ~seen

    def note(self) -> str:
        """What is to be known of it; empty where rows are told apart."""
        return few_told_apart(self._own, self.names)


@dataclass
class _Tally:
    """What the rows so far have come to."""

    labels: LabelReader | None
    rows: int = 0
    flagged: int = 0
    seen: int = 0
    test: int = 0
    unlabelled: int = 0
    unknown: int = 0
    scored: int = 0
    right: int = 0
    test_scored: int = 0

    def add(
        self, frame: pd.DataFrame, codes: Codes, flags: Sequence[str],
        recognition: _Recognition | None,
    ) -> None:  # fmt: skip
        """Count the rows of a piece, whose classes are predicted to be `codes`."""
        none = np.zeros(len(frame), np.bool_)
        seen, test = (none, none) if recognition is None else recognition.of(frame)
        self.rows += len(frame)
        self.flagged += sum(map(bool, flags))
        self.seen += int(seen.sum())
        self.test += int(test.sum())
        if self.labels is None:
            return
        own = self.labels.codes(frame[self.labels.target])
        new = (own != -1) & ~seen
        self.unlabelled += int((own == -1).sum())
        self.unknown += int((own[new] == -2).sum())
        self.scored += int(new.sum())
        self.right += int((own[new] == codes[new]).sum())
        self.test_scored += int((new & test).sum())

    def result(
        self, fitted: FittedRun, rows: NewRows, own: OwnRows | EngineError,
        recognition: _Recognition | None,
    ) -> FilePrediction:  # fmt: skip
        """All of it, with what is to be known of it."""
        known = recognition is not None
        return FilePrediction(
            run=fitted.record.id,
            rows=self.rows,
            flagged=self.flagged,
            seen=self.seen if known else None,
            test_rows=self.test if known else None,
            has_target=rows.has_target,
            scored=self.scored,
            accuracy=wilson(self.right, self.scored) if self.scored else None,
            notes=tuple(filter(None, (*rows.notes, *rows.file.notes, *self._notes(own),
                                      recognition.note() if recognition and self.seen else ""))),
        )  # fmt: skip

    def _notes(self, own: OwnRows | EngineError) -> Iterator[str]:
        if isinstance(own, EngineError):
            yield (
                "The run's own data cannot be read, so that rows it has seen are not known again,"
                f" and no range is checked: {own.message}"
            )
        if self.unlabelled:
            yield f"Rows without a class are not scored: {self.unlabelled:,}."
        if self.unknown:
            yield f"Rows of a class that the run does not know count as wrong: {self.unknown:,}."
