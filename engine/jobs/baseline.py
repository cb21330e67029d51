"""Logistic regression: the figure a network has to beat."""

import numpy as np

from engine.data.datasets import PreprocessedData, mean_of_one
from engine.environment.memory import refuse_beyond_free
from engine.jobs.phases.evaluation import score
from engine.jobs.phases.logistic import is_plain, logistic_regression, solver_rows
from engine.jobs.phases.read_data import read_and_preprocess
from engine.keras_files.network_file import Numbers, linear_file
from engine.results.scores import BaselineResult
from engine.runs.reporter import Artefact, Reporter
from engine.specs.kinds.baseline import BaselineSpec

# of the coefficients, which lbfgs keeps of its last ten steps and of their gradients
SOLVER_COPIES = 30


def run(spec: BaselineSpec, reporter: Reporter) -> BaselineResult:
    """Fit scikit-learn's LogisticRegression (lbfgs, multinomial, L2) and score it once."""
    prepared = read_and_preprocess(spec, reporter)
    reporter.phase("fitting the logistic regression")
    model = logistic_regression(spec, reporter)
    _refuse_too_large(prepared)
    own = prepared.train.weights
    weights = None if own is None else mean_of_one(own)
    model.fit(solver_rows(prepared.train.x), prepared.train.y, sample_weight=weights)
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
        prepared, lambda x: model.predict_proba(solver_rows(x)), reporter, open_test=True
    )
    coefficients, intercepts = model.coef_, model.intercept_
    reporter.emit(Artefact("model.keras", linear_file(*_by_class(coefficients, intercepts))))
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


def _refuse_too_large(prepared: PreprocessedData) -> None:
    """Raise EngineError where the fitting would not fit into what is free."""
    x, (features, classes) = prepared.train.x, prepared.sizes
    # a number and its place take twelve bytes, in single precision and then in double
    rows = x.plain_bytes if is_plain(x) else 24 * len(x) * x.filled
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
