"""The logistic regression of a baseline and of an evaluation, and the rows as it takes them."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from engine.data.feature_matrix import FeatureMatrix
from engine.runs.reporter import Reporter
from engine.specs.kinds.baseline import LogisticSettings

# rows are given to the solver as a sparse matrix where they are larger than this as a plain one,
# and where one feature in so many is other than 0 at most: a fit of 20,000 rows of 92 features, 14
# of them other than 0, takes a tenth of the time
PLAIN_BYTES = 2**20
SPARSE_FROM = 4


def logistic_regression(settings: LogisticSettings, reporter: Reporter) -> Any:
    """scikit-learn's own (lbfgs, multinomial, L2), not fitted; it heeds a stop of the run."""
    model = LogisticRegression(
        C=settings.inverse_regularization,
        max_iter=settings.max_iterations,
        class_weight=None if settings.class_weight == "none" else settings.class_weight,
    )
    model.set_callbacks(_HeedStop(reporter))
    return model


def solver_rows(x: FeatureMatrix) -> Any:
    """The rows as scikit-learn takes them: as a plain array unless nearly all of it is zeros.

    A sparse matrix is float64, in which the solver needs fewer steps and no more time for one.
    """
    return np.asarray(x) if is_plain(x) else x.sparse().astype(np.float64)


def is_plain(x: FeatureMatrix) -> bool:
    """Whether the rows are given as a plain array."""
    return x.plain_bytes <= PLAIN_BYTES or x.features <= SPARSE_FROM * x.filled


class _HeedStop:
    """A callback of scikit-learn's (`sklearn.callback.FitCallback`): looks after each iteration."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def setup(self, estimator: Any, context: Any) -> None:
        """Nothing to prepare."""

    def teardown(self, estimator: Any, context: Any) -> None:
        """Nothing to put away."""

    def on_fit_task_begin(self, estimator: Any, context: Any, **_: Any) -> None:
        """Heed a stop before an iteration."""
        self._reporter.check()

    def on_fit_task_end(self, estimator: Any, context: Any, **_: Any) -> bool:
        """Heed a stop after an iteration; never ends the fitting otherwise."""
        self._reporter.check()
        return False
