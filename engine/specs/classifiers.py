"""The models that an evaluation compares, by name: the one table of them.

How each is made stands in `engine.jobs.comparison.classifiers`; a test holds the two equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ClassifierInfo:
    """What a person reads of a model; `has_probabilities` where it gives some for each class."""

    label: str
    help: str
    has_probabilities: bool = True


NETWORK: Final = "network"
CLASSIFIERS: Final[dict[str, ClassifierInfo]] = {
    NETWORK: ClassifierInfo("network", "the network with the settings of the form"),
    "logistic": ClassifierInfo("logistic regression", "the baseline, with its settings"),
    "majority": ClassifierInfo("majority", "always guesses the most frequent class"),
    "knn": ClassifierInfo("k nearest neighbours", "the most frequent class of the 5 nearest rows"),
    "naive_bayes": ClassifierInfo("naive Bayes", "a normal distribution a class and feature"),
    "decision_tree": ClassifierInfo("decision tree", "one tree, grown to its end"),
    "random_forest": ClassifierInfo("random forest", "100 trees on bootstrap samples"),
    "gradient_boosting": ClassifierInfo("gradient boosting", "up to 100 trees on histograms"),
    "svm": ClassifierInfo("SVM", "support vectors with an RBF kernel", has_probabilities=False),
}


def reference_of(models: Sequence[str], chosen: str) -> str:
    """The model that the others are compared with: of `auto` the simplest that is worth beating."""
    if chosen != "auto":
        return chosen
    return "logistic" if "logistic" in models else next(
        (name for name in models if name != NETWORK), models[0]
    )  # fmt: skip
