"""Preprocessed rows are the same numbers however they are asked for."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import issparse
from sklearn.linear_model import LogisticRegression

from engine.data.feature_matrix import FeatureMatrix
from engine.jobs.phases.logistic import solver_rows


def one_hot(rows: int, categories: int) -> tuple[FeatureMatrix, npt.NDArray[np.int64]]:
    """Rows of a text column, two numbers and another text column, some of them missing; labels."""
    draw = np.random.default_rng(0)
    hot = draw.integers(-1, categories, (rows, 2)).astype(np.int32)
    labels = (hot[:, 1] + draw.integers(0, categories, rows) > categories).astype(np.int64)
    hot[:, 1] += np.where(hot[:, 1] >= 0, categories + 2, 0)
    numbers = draw.normal(size=(rows, 2)).astype(np.float32)
    places = np.array([categories, categories + 1])
    return FeatureMatrix(numbers, places, hot, 2 * categories + 2), labels


def test_a_sparse_matrix_is_the_plain_one_with_its_places_in_order() -> None:
    x, _ = one_hot(200, 5)
    sparse = x.sparse()
    assert sparse.indptr.dtype == sparse.indices.dtype == np.int32
    assert all(
        np.all(np.diff(sparse.indices[start:end]) > 0)
        for start, end in zip(sparse.indptr[:-1], sparse.indptr[1:], strict=True)
    )
    np.testing.assert_array_equal(sparse.toarray(), np.asarray(x))


def test_the_solver_finds_the_same_on_rows_that_are_nearly_all_zeros() -> None:
    x, y = one_hot(1_000, 150)
    rows = solver_rows(x)
    assert issparse(rows)
    on_sparse = LogisticRegression(C=0.1, tol=1e-7).fit(rows, y)
    on_plain = LogisticRegression(C=0.1, tol=1e-7).fit(np.asarray(x, np.float64), y)
    np.testing.assert_allclose(on_sparse.coef_, on_plain.coef_, atol=1e-4)
    assert not issparse(solver_rows(one_hot(200, 150)[0]))
