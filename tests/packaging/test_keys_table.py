"""README's table of keys is made from the bindings."""

from tools.keys_table import README, updated


def test_the_table_of_keys_is_that_of_the_bindings() -> None:
    text = README.read_text("utf-8")
    assert updated(text) == text, "stale: run python -m tools.keys_table"
