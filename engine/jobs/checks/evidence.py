"""What checks measure on: a run, its data as it learnt from them, and simpler models beside it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest
from threadpoolctl import threadpool_limits

from engine.data.feature_matrix import FeatureMatrix
from engine.data.preprocessing.preprocessor import Preprocessor
from engine.data.splits.split import Index, Split
from engine.data.table import Table
from engine.errors import EngineError
from engine.jobs.comparison.classifiers import classify
from engine.jobs.phases.read_data import progress_of
from engine.kinds import make_spec
from engine.prediction.own_rows import OwnRows
from engine.results.predictions import Predictions
from engine.results.scores import Scored, SetScore
from engine.runs.reporter import Reporter
from engine.runs.state import RunState, fold
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.store.predictions import predictions_of
from engine.store.records import RunRecord
from engine.store.store import Store

# rows that are enough to fit a simpler model to
SAMPLE = 20_000
# of a plain matrix, which gradient boosting needs
MOST_BYTES = 256 * 2**20
NO_VALIDATION = "the run has no validation set"
RERUN = "an earlier version did not keep the predictions: rerun it"

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measured:
    """A finding: the figure, and a sentence that has it."""

    figure: float
    text: str


class NotMeasured(Exception):
    """Why a finding cannot be looked for, in words."""


@dataclass(frozen=True)
class Evidence:
    """A run with all that checks may look at; never its test rows.

    The data are read, and simpler models fitted, when a check first needs them.
    """

    record: RunRecord
    state: RunState
    store: Store
    reporter: Reporter

    @classmethod
    def of(cls, store: Store, run: int, reporter: Reporter) -> "Evidence":
        """The run as it stands."""
        record = store.run(run)
        return cls(record, fold(RunState(), store.events(run)[1]), store, reporter)

    @property
    def scored(self) -> Scored:
        """The result of one classifier."""
        result = self.state.result
        if not isinstance(result, Scored):
            raise NotMeasured("the run has no scores of one classifier")
        return result

    @property
    def validation(self) -> SetScore:
        """The scores of the validation set."""
        score = self.scored.scores.validation
        if score is None:
            raise NotMeasured(NO_VALIDATION)
        return score

    @cached_property
    def predictions(self) -> Predictions:
        """What the run said of each row."""
        found = predictions_of(self.store, self.record.id)
        if found is None:
            raise NotMeasured(RERUN)
        if "validation" not in found.sets:
            raise NotMeasured(NO_VALIDATION)
        return found

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which validation rows the run classifies correctly, in the order of the file."""
        own = self.predictions.sets["validation"]
        shape = len(own.rows), len(self.predictions.classes)
        probabilities = np.frombuffer(own.probabilities, np.float32).reshape(shape)
        return np.asarray(probabilities.argmax(axis=1) == np.frombuffer(own.actual, np.uint32))

    # -- the data -----------------------------------------------------------------------------

    @cached_property
    def own_rows(self) -> OwnRows:
        """The data, read again, with the set of each row."""
        try:
            return OwnRows.load(self.store, self.record, progress_of(self.reporter))
        except EngineError as error:
            raise NotMeasured(f"the data cannot be read again: {error.message}") from error

    @property
    def table(self) -> Table:
        """The table that the run learnt from."""
        return self.own_rows.table

    @cached_property
    def split(self) -> Split:
        """Its sets, the rows of each in the order of the file."""
        sets = self.own_rows.sets
        train, validation, test = (
            np.flatnonzero(sets == name) for name in ("train", "validation", "test")
        )
        if not len(validation):
            raise NotMeasured(NO_VALIDATION)
        return Split(train, validation, test)

    @property
    def validation_rows(self) -> Index:
        """The validation rows of the table."""
        assert self.split.validation is not None
        return self.split.validation

    @cached_property
    def sample(self) -> Index:
        """Training rows, all of them or as many as are enough."""
        train = self.split.train
        if len(train) <= SAMPLE:
            return train
        return np.sort(np.random.default_rng(0).choice(train, SAMPLE, replace=False))

    @cached_property
    def _features(self) -> tuple[FeatureMatrix, FeatureMatrix]:
        """Those of the sample and of the validation rows, preprocessed as for the run."""
        body = self.store.artefact(self.record.id, "preparation.json")
        if body is None:
            raise NotMeasured("how the features were preprocessed was not kept")
        fitted, frame = Preprocessor.from_json(body), self.table.frame
        train = fitted.apply(frame, self.sample, self.reporter.check)
        validation = fitted.apply(frame, self.validation_rows, self.reporter.check)
        if max(train.plain_bytes, validation.plain_bytes) > MOST_BYTES:
            raise NotMeasured("the table is too large to fit other models to it here")
        return train, validation

    def beside(self, model: str) -> "Beside":
        """The run beside a simpler model that is fitted to the same training rows."""
        self.reporter.phase(f"fitting a {model.replace('_', ' ')} model")
        train, x = self._features
        spec = make_spec("evaluate", {})
        assert isinstance(spec, EvaluateSpec)
        codes = self.table.codes
        # beside runs at work, threads of OpenMP would wait for each other most of the time
        with threadpool_limits(1, user_api="openmp"):
            said = classify(
                model, spec, self.reporter, (train, codes[self.sample]), x, len(self.table.classes)
            )
        return Beside(self.right, said.predicted == codes[self.validation_rows])


@dataclass(frozen=True)
class Beside:
    """Two models on the same validation rows: which each classifies correctly, bool [rows]."""

    own: npt.NDArray[np.bool_]
    other: npt.NDArray[np.bool_]

    @property
    def difference(self) -> float:
        """The accuracy of the own model less that of the other."""
        return float(self.own.mean() - self.other.mean())

    @property
    def only_own(self) -> int:
        """Rows that only the own model gets right."""
        return int((self.own & ~self.other).sum())

    @property
    def only_other(self) -> int:
        """Rows that only the other model gets right."""
        return int((self.other & ~self.own).sum())

    @property
    def own_better_p(self) -> float:
        """How often chance makes the own model as much better (McNemar's exact test, one-sided)."""
        return _more_often(self.only_own, self.only_other)

    @property
    def other_better_p(self) -> float:
        """How often chance makes the other model as much better."""
        return _more_often(self.only_other, self.only_own)


def _more_often(one: int, other: int) -> float:
    return float(binomtest(one, one + other, alternative="greater").pvalue) if one + other else 1.0


def as_text(p: float) -> str:
    """A p-value as it stands in a sentence: of one side, where Compare's has two."""
    return "one-sided p < 0.001" if p < 0.001 else f"one-sided p = {p:.2g}"


def points(difference: float) -> str:
    """A difference of accuracies, in percentage points."""
    return f"{100 * difference:.1f} pp"


def percent(fraction: float) -> str:
    """An accuracy."""
    return f"{100 * fraction:.1f} %"
