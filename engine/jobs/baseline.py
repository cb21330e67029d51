"""Logistic regression: the figure a network has to beat."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from engine.jobs.phases.evaluation import score
from engine.jobs.phases.read_data import read_and_preprocess
from engine.results.scores import BaselineResult
from engine.runs.reporter import Reporter
from engine.specs.baseline import BaselineSpec


def run(spec: BaselineSpec, reporter: Reporter) -> BaselineResult:
    """Fit scikit-learn's LogisticRegression (lbfgs, multinomial, L2) and score it once."""
    prepared = read_and_preprocess(spec, reporter)
    reporter.phase("fitting the logistic regression")
    model = LogisticRegression(C=spec.inverse_regularization, max_iter=spec.max_iterations)
    model.set_callbacks(_HeedStop(reporter))
    model.fit(prepared.train.x, prepared.train.y)
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
    scored = score(prepared, model.predict_proba, reporter, open_test=True)
    # with two classes scikit-learn keeps the second one's coefficients alone
    coefficients, intercepts = model.coef_, model.intercept_
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
