"""A home folder with fitted runs, opened anew by each test."""

from pathlib import Path

import pytest

from engine.prediction import opened_run
from tests.support.engine.fitted_runs import fitted_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    opened_run.release()
