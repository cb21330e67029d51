"""Logistic regression: the figure a network has to beat."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from engine.jobs.shared.data import read_and_prepare
from engine.jobs.shared.scoring import score
from engine.results import BaselineResult
from engine.runs.reporter import Reporter
from engine.specs import BaselineSpec


def run(spec: BaselineSpec, reporter: Reporter) -> BaselineResult:
    """Fit scikit-learn's LogisticRegression (lbfgs, multinomial, L2) and score it once."""
    table, prepared = read_and_prepare(spec, reporter)
    reporter.phase("fitting the logistic regression")
    model = LogisticRegression(C=spec.inverse_regularization, max_iter=spec.max_iterations)
    model.fit(prepared.train.x, prepared.train.y)
    # read from the solver: warnings are caught for all threads at once
    converged = int(np.max(model.n_iter_)) < spec.max_iterations
    if not converged:
        reporter.warn(
            f"The solver did not converge within {spec.max_iterations:,} iterations;"
            " raise max_iterations or scale the features."
        )
    reporter.check()
    reporter.phase("evaluating")
    scored = score(table, prepared, model.predict_proba, reporter, open_test=True)
    # with two classes scikit-learn keeps the second one's coefficients alone
    coefficients = model.coef_ if len(model.coef_) > 1 else np.vstack([-model.coef_, model.coef_])
    intercepts = model.intercept_
    if len(intercepts) == 1:
        intercepts = np.concatenate([-intercepts, intercepts])
    return BaselineResult(
        **scored,
        features=prepared.feature_names,
        coefficients=tuple(tuple(map(float, row)) for row in coefficients),
        intercepts=tuple(map(float, intercepts)),
        iterations=int(np.max(model.n_iter_)),
        converged=converged,
    )
