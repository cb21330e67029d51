"""The models that a network is compared with: scikit-learn's own, with its defaults."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import has_fit_parameter

from engine.data.datasets import mean_of_one
from engine.data.feature_matrix import FeatureMatrix
from engine.environment.memory import refuse_beyond_free
from engine.jobs.phases.logistic import logistic_regression, solver_rows
from engine.runs.reporter import Reporter
from engine.specs.classifiers import CLASSIFIERS
from engine.specs.compared_models import ComparedModels

# a new model of each kind, for each fold
MAKERS: dict[str, Callable[[ComparedModels, Reporter], Any]] = {
    "logistic": logistic_regression,
    "majority": lambda spec, reporter: DummyClassifier(strategy="prior"),
    "knn": lambda spec, reporter: KNeighborsClassifier(),
    "naive_bayes": lambda spec, reporter: GaussianNB(),
    "decision_tree": lambda spec, reporter: DecisionTreeClassifier(random_state=spec.seed),
    "random_forest": lambda spec, reporter: RandomForestClassifier(random_state=spec.seed),
    "gradient_boosting": lambda spec, reporter: HistGradientBoostingClassifier(
        random_state=spec.seed
    ),
    "svm": lambda spec, reporter: SVC(random_state=spec.seed),
}
# these take no sparse matrix
PLAIN_ONLY = ("naive_bayes", "gradient_boosting")


@dataclass(frozen=True)
class Said:
    """What a model says of some rows.

    `values` [rows, classes] are probabilities, or else decision values; `predicted` int [rows].
    """

    values: npt.NDArray[np.floating[Any]]
    predicted: npt.NDArray[np.int64]


def classify(
    name: str, spec: ComparedModels, reporter: Reporter, train: tuple[FeatureMatrix, Any],
    x: FeatureMatrix, classes: int, weights: npt.NDArray[np.float64] | None = None,
) -> Said:  # fmt: skip
    """Fit the model `name` on `train` (rows and labels), and ask it about the rows `x`."""
    model = MAKERS[name](spec, reporter)
    rows_of: Callable[[FeatureMatrix], Any] = solver_rows
    if name in PLAIN_ONLY:
        rows_of = np.asarray
        refuse_beyond_free(
            2.0 * (train[0].plain_bytes + x.plain_bytes), f"a {CLASSIFIERS[name].label}",
            "Leave it out of the models.",
        )  # fmt: skip
    own = {"sample_weight": mean_of_one(weights)} if (
        weights is not None and has_fit_parameter(model, "sample_weight")
    ) else {}  # fmt: skip
    model.fit(rows_of(train[0]), train[1], **own)
    rows = rows_of(x)
    if not CLASSIFIERS[name].has_probabilities:
        values = model.decision_function(rows)
        values = np.column_stack([-values, values]) if values.ndim == 1 else values
    else:
        values = model.predict_proba(rows)
    # a class without a training row is the least likely of all
    least = 0.0 if CLASSIFIERS[name].has_probabilities else values.min() - 1.0
    whole = np.full((len(x), classes), least)
    whole[:, model.classes_] = values
    return Said(whole, model.predict(rows).astype(np.int64))
