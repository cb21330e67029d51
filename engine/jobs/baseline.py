"""Logistic regression: the figure a network has to beat."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from engine.data.datasets import PreprocessedData
from engine.data.feature_matrix import FeatureMatrix
from engine.environment.memory import refuse_beyond_free
from engine.jobs.phases.evaluation import score
from engine.jobs.phases.linear_model import Numbers, linear_model
from engine.jobs.phases.read_data import read_and_preprocess
from engine.results.scores import BaselineResult
from engine.runs.reporter import Artefact, Reporter
from engine.specs.baseline import BaselineSpec

# rows are given to the solver as a sparse matrix where they are larger than this as a plain one,
# and where one feature in so many is other than 0 at most
PLAIN_BYTES = 64 * 2**20
SPARSE_FROM = 4
# of the coefficients, which lbfgs keeps of its last ten steps and of their gradients
SOLVER_COPIES = 30


def run(spec: BaselineSpec, reporter: Reporter) -> BaselineResult:
    """Fit scikit-learn's LogisticRegression (lbfgs, multinomial, L2) and score it once."""
    prepared = read_and_preprocess(spec, reporter)
    reporter.phase("fitting the logistic regression")
    model = LogisticRegression(C=spec.inverse_regularization, max_iter=spec.max_iterations)
    model.set_callbacks(_HeedStop(reporter))
    _refuse_too_large(prepared)
    model.fit(_for_solver(prepared.train.x), prepared.train.y)
    # read from the solver: warnings are caught for all threads at once
    iterations = int(np.max(model.n_iter_))
    converged = iterations < spec.max_iterations
    if not converged:
        reporter.warn(
            f"The solver did not converge within {spec.max_iterations:,} iterations;"
            " raise max_iterations or scale the features."
        )
    reporter.check()
    reporter.phase("evaluating")
    scored = score(
        prepared, lambda x: model.predict_proba(_for_solver(x)), reporter, open_test=True
    )
    coefficients, intercepts = model.coef_, model.intercept_
    reporter.emit(Artefact("model.keras", linear_model(*_by_class(coefficients, intercepts))))
    # with two classes scikit-learn keeps the second one's coefficients alone
    if len(intercepts) == 1:
        coefficients = np.concatenate([-coefficients, coefficients])
        intercepts = np.concatenate([-intercepts, intercepts])
    return BaselineResult(
        **scored,
        features=prepared.feature_names,
        coefficients=tuple(map(tuple, coefficients.tolist())),
        intercepts=tuple(intercepts.tolist()),
        iterations=iterations,
        converged=converged,
    )


def _for_solver(x: FeatureMatrix) -> Any:
    """The rows as scikit-learn takes them: as a plain array unless nearly all of it is zeros."""
    return np.asarray(x) if _plain(x) else x.sparse()


def _plain(x: FeatureMatrix) -> bool:
    return x.plain_bytes <= PLAIN_BYTES or x.features <= SPARSE_FROM * x.filled


def _refuse_too_large(prepared: PreprocessedData) -> None:
    """Raise EngineError where the fitting would not fit into what is free."""
    x, (features, classes) = prepared.train.x, prepared.sizes
    # a number and its place take twelve bytes, in single precision and then in double
    rows = x.plain_bytes if _plain(x) else 24 * len(x) * x.filled
    solver = 8 * classes * (4 * len(x) + SOLVER_COPIES * features)
    refuse_beyond_free(
        float(rows + solver),
        f"the logistic regression on {len(x):,} rows of {features:,} features",
        prepared.preprocessor.fewer_features,
    )


def _by_class(coefficients: Numbers, intercepts: Numbers) -> tuple[Numbers, Numbers]:
    """A line of coefficients and an intercept for each class, whose softmax is the model's."""
    if len(intercepts) > 1:
        return coefficients, intercepts
    # of two classes scikit-learn has the second one's log odds
    return np.vstack([0 * coefficients, coefficients]), np.append(0 * intercepts, intercepts)


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
