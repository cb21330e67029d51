"""The tables of keys are made from the bindings."""

from pathlib import Path

import pytest

from tools.keys_table import PAGES, updated


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_table_of_keys_is_that_of_the_bindings(page: Path) -> None:
    text = page.read_text("utf-8")
    assert updated(text, PAGES[page]) == text, "stale: run python -m tools.keys_table"
