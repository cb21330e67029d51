"""The penguins, read once for a file of tests."""

import pytest

from engine.data.load import load
from engine.data.table import Table
from tests.support.engine.data_sets import STRICT


@pytest.fixture(scope="module")
def penguins() -> Table:
    return load(STRICT)
