"""Libraries that only some tests need: every worker imports all tests to know their names."""

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module, which is imported when something of it is first used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            # what pytest asks of everything that it finds in a module
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)
