"""A run as a fitted classifier of scikit-learn's, for scripts and notebooks."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from engine.data.preprocessing.preprocessor import CategoryColumn
from engine.data.types import number_text
from engine.prediction.fitted_run import FittedModel, FittedRun
from engine.store import home as homes
from engine.store.store import Store


class FittedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A model that is fitted already, as scikit-learn takes one.

    `classes_` [classes] are the labels in the order of the probabilities, `feature_names_in_` the
    columns it predicts from. It holds nothing open, and may be used by several threads. Like
    scikit-learn's FrozenEstimator it stays as it is when it is cloned or fitted again, so that
    whatever takes a fitted classifier can have it.
    """

    model_: FittedModel

    def fit(self, X: Any = None, y: Any = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Load the model, unless that is done; nothing is learnt from the arguments.

        Raises EngineError where there is none.
        """
        if not hasattr(self, "model_"):
            self.model_ = self._load()
        return self

    def _load(self) -> FittedModel:
        raise NotImplementedError

    @property
    def classes_(self) -> npt.NDArray[np.str_]:
        """The labels in the order of their probabilities."""
        return np.array(self.model_.classes)

    @property
    def feature_names_in_(self) -> npt.NDArray[np.object_]:
        """The columns to predict from, preprocessed by the run itself."""
        return np.array(self.model_.columns, dtype=object)

    @property
    def n_features_in_(self) -> int:
        """How many columns these are."""
        return len(self.model_.columns)

    def predict_proba(self, X: Any) -> npt.NDArray[np.float32]:  # noqa: N803
        """The probability of each class, float32 [rows, classes].

        `X` is a DataFrame that has the columns of `feature_names_in_`, among others and in any
        order, or rows of these columns in their order. None and NaN are missing values. Raises
        EngineError for a column that is not there or of another type, ValueError for rows of
        another width.
        """
        check_is_fitted(self)
        frame = X if isinstance(X, pd.DataFrame) else self._as_frame(X)
        found = {}
        for column in self.model_.preprocessor.columns:
            if column.name in frame:
                cells = frame[column.name].reset_index(drop=True)
                categories = isinstance(column, CategoryColumn)
                found[column.name] = _as_texts(cells) if categories else cells
        return self.model_.probabilities(pd.DataFrame(found))

    def _as_frame(self, rows: Any) -> pd.DataFrame:
        cells = np.asarray(rows, dtype=object)
        names = self.model_.columns
        if cells.ndim != 2 or cells.shape[1] != len(names):
            raise ValueError(
                f"X has the shape {cells.shape}; the model predicts from rows of"
                f" {len(names)} columns: {', '.join(names)}. Reshape your data, or use a DataFrame."
            )
        return pd.DataFrame(cells, columns=list(names))

    def predict(self, X: Any) -> npt.NDArray[np.str_]:  # noqa: N803
        """The label of each row, [rows]; takes and raises what `predict_proba` does."""
        probabilities = self.predict_proba(X)
        found: npt.NDArray[np.str_] = self.classes_[self.model_.codes(probabilities)]
        return found

    def __sklearn_clone__(self) -> Self:
        return self


class RunClassifier(FittedClassifier):
    """What run `run` has kept, as `engine.load_run` returns it, also while a workbench is running.

    `home` is the folder with the runs; None: the person's own.
    """

    def __init__(self, run: int, home: Path | str | None = None) -> None:
        self.run = run
        self.home = home

    def _load(self) -> FittedModel:
        with Store.open(homes.home() if self.home is None else Path(self.home)) as store:
            return FittedRun.load(store, self.run)


def _as_texts(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Categories as a file would write them: a number without a decimal mark it does not need."""
    if not pd.api.types.is_numeric_dtype(cells.dtype) or pd.api.types.is_bool_dtype(cells.dtype):
        return cells
    texts = [None if pd.isna(value) else number_text(float(value)) for value in cells]
    return pd.Series(texts, dtype="str", name=cells.name)


def load_run(run: int, home: Path | str | None = None) -> RunClassifier:
    """Run `run` as a fitted classifier; raises EngineError where it has kept none.

    `home` is the folder with the runs; None: the person's own.
    """
    return RunClassifier(run, home).fit()
