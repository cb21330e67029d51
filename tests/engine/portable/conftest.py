"""A training, its bundle, and another home: made once for all that is portable."""

from pathlib import Path
from typing import Any

import pytest

from engine.results.decision_rule import DecisionRule
from engine.store.store import Store
from tests.support.engine.exports import export
from tests.support.engine.fitted_runs import fitted


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    folder.chmod(0o700)
    settings: dict[str, Any] = {"hidden_layers": [8], "activation": "gelu", "dropout": 0.1}
    run = fitted(folder, "train", epochs=2, early_stopping={"patience": 1}, **settings)
    with Store.open(folder) as store:
        store.rename(run, "to take away")
        store.set_decision_rule(run, DecisionRule(temperature=1.5))
    return folder


@pytest.fixture(scope="session")
def bundle(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bundles") / "taken"
    said = export(home, "bundle", target, card="# Card\n")
    # it has tried itself against what the run said of every row
    assert "344 stored rows as the run did" in said[-1].note
    return target


@pytest.fixture
def other(tmp_path: Path) -> Path:
    folder = tmp_path / "other"
    folder.mkdir(mode=0o700)
    with Store.open(folder):
        pass
    return folder
