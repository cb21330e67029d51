"""A bundle as a fitted classifier of scikit-learn's, without a home folder."""

from pathlib import Path

from engine.portable.received import Bundle
from engine.prediction.estimator import FittedClassifier
from engine.prediction.fitted_run import FittedModel


class BundleClassifier(FittedClassifier):
    """What a bundle has, as `engine.load_bundle` returns it; `path` is its folder or zip file."""

    def __init__(self, path: Path | str) -> None:
        self.path = path

    def _load(self) -> FittedModel:
        return Bundle.read(Path(self.path)).model


def load_bundle(path: Path | str) -> BundleClassifier:
    """The bundle at `path` as a fitted classifier; raises EngineError where it is none."""
    return BundleClassifier(path).fit()
