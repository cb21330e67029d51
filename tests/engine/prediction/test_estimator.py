"""`from engine import load_run`: a run as a fitted classifier of scikit-learn's."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.inspection import permutation_importance
from sklearn.utils import estimator_checks

from engine import load_run
from engine.data.load import load
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.prediction.estimator import RunClassifier
from engine.sources.files import locate
from tests.support.engine.fitted_runs import fitted

# those that look at an estimator alone; what fits one to made-up numbers does not apply to one that
# is fitted, and that predicts from the columns of a table
CHECKS = (
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_dont_overwrite_parameters,
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_estimators_fit_returns_self,
    estimator_checks.check_estimators_overwrite_params,
    estimator_checks.check_estimators_unfitted,
    estimator_checks.check_fit2d_predict1d,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_readonly_memmap_input,
    estimator_checks.check_set_params,
    estimator_checks.check_valid_tag_types,
)


@pytest.fixture(scope="module")
def penguins() -> pd.DataFrame:
    return pd.read_csv(locate("penguins"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_to_scikit_learns_conventions(check: Callable[..., Any], home: Path) -> None:
    check("RunClassifier", RunClassifier(1, home))


def test_it_predicts_a_frame_as_the_run_would(home: Path, penguins: pd.DataFrame) -> None:
    model = load_run(1, home)
    assert is_classifier(model)
    assert list(model.classes_) == ["Adelie", "Gentoo", "Chinstrap"]
    probabilities = model.predict_proba(penguins[penguins.columns[::-1]])
    table = load(make_spec("baseline", {}).data_spec)
    own = model.model_.probabilities(table.frame)
    np.testing.assert_allclose(probabilities, own, rtol=0, atol=1e-6)
    assert list(model.predict(penguins)) == [model.classes_[code] for code in own.argmax(axis=1)]
    assert model.score(penguins, penguins["species"]) > 0.95
    rows = penguins[list(model.feature_names_in_)].to_numpy()
    np.testing.assert_array_equal(model.predict_proba(rows), probabilities)


def test_whatever_takes_a_fitted_classifier_takes_it(home: Path, penguins: pd.DataFrame) -> None:
    model = load_run(1, home)
    assert clone(model) is model
    copied = pickle.loads(pickle.dumps(model))
    assert list(copied.predict(penguins)) == list(model.predict(penguins))
    features = penguins[list(model.feature_names_in_)]
    found = permutation_importance(model, features, penguins["species"], n_repeats=2)
    assert found.importances_mean.argmax() == list(features).index("bill_length_mm")


def test_categories_may_be_numbers(tmp_path: Path) -> None:
    path, folder = tmp_path / "t.csv", tmp_path / "home"
    path.write_text("size,kind\n" + "1,a\n2,b\n3,b\n" * 10)
    folder.mkdir(mode=0o700)
    run = fitted(folder, data=str(path), target="kind", column_types={"size": "categorical"})
    model = load_run(run, folder)
    frame = pd.DataFrame({"size": [1.0, 2.0, np.nan]})
    assert list(model.predict(frame)[:2]) == ["a", "b"]


def test_what_is_lacking_is_said(home: Path, penguins: pd.DataFrame) -> None:
    with pytest.raises(EngineError, match="There is no run 9"):
        load_run(9, home)
    with pytest.raises(EngineError, match="no column 'sex'"):
        load_run(1, home).predict(penguins.drop(columns="sex"))
    with pytest.raises(ValueError, match="6 columns: island, bill_length_mm"):
        load_run(1, home).predict([[1, 2]])
