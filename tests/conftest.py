"""One real engine process for all contract tests: TensorFlow takes seconds to load."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.client.process import engine_status, stop_engine
from engine.environment.variables import CACHE, PRECOMPILE
from engine.store.home import home
from engine.store.store import Store

_made: list[TemporaryDirectory[str]] = []


def pytest_configure() -> None:
    """Let engines of tests compile what they run, once for all: each has a home of its own."""
    os.environ[PRECOMPILE.name] = "0"
    # the processes of a run of tests inherit it from the first
    if CACHE.name not in os.environ:
        made = TemporaryDirectory(prefix="penguin-tui-cache-")
        _made.append(made)
        os.environ[CACHE.name] = made.name


def pytest_unconfigure() -> None:
    """Remove it with the process that has made it."""
    while _made:
        _made.pop().cleanup()
        del os.environ[CACHE.name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with patient tests first: none is left to one worker when the other has ended."""
    patience: dict[Path, float] = defaultdict(float)
    for item in items:
        for mark in item.iter_markers("timeout"):
            patience[item.path] = max(patience[item.path], *mark.args)
    items.sort(key=lambda item: -patience[item.path])


@pytest.fixture(scope="session")
def engine_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder of its own, whose engine ends with the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PENGUIN_TUI_HOME", str(tmp_path_factory.mktemp("home")))
        folder = home()
        yield folder
        with Store.open(folder) as store:
            assert stop_engine(store.home), "the engine did not end"
            assert engine_status(store).state == "stopped"


@pytest.fixture
def store(engine_home: Path) -> Iterator[Store]:
    """The store of the real engine, opened for one test."""
    with Store.open(engine_home) as opened:
        yield opened
