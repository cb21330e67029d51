"""One real engine process for all contract tests: its libraries take seconds to load."""

import gc
import os
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from engine.client.process import engine_status, stop_engine
from engine.environment.variables import CACHE, PRECOMPILE
from engine.store.home import home
from engine.store.store import Store


def pytest_configure(config: pytest.Config) -> None:
    """Let engines of tests compile what they run, once for all: each has a home of its own.

    What is compiled is found again by the trainer's sources, so that the next run of tests loads
    it as the next engine of a person does.
    """
    # how long an example takes says how busy the machine is
    settings.register_profile("busy", deadline=None)
    settings.load_profile("busy")
    os.environ[PRECOMPILE.name] = "0"
    os.environ[CACHE.name] = str(config.rootpath / ".pytest_cache" / "penguin-tui")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage among what is imported, neither now nor in the tests: it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        # as the program's own: a screen's widgets are many, and collecting as often as Python would
        # takes a twelfth of the time of its tests
        gc.set_threshold(20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with patient tests first: none is left to one worker when the other has ended."""
    patience: dict[str, float] = defaultdict(float)
    for item in items:
        for mark in item.iter_markers("timeout"):
            together = _together(item.nodeid)
            patience[together] = max(patience[together], *mark.args)
    items.sort(key=lambda item: -patience[_together(item.nodeid)])


# Folders that stay with one worker: only there TensorFlow is loaded, for all of their files once.
_FOLDERS = {
    "tests/parity/": "Keras",
    "tests/engine/portable/": "Keras",
    "tests/engine/jobs/": "jobs",
}


def _together(nodeid: str) -> str:
    """What one worker does as a whole: a file, or folders."""
    file = nodeid.partition("::")[0]
    return next((own for folder, own in _FOLDERS.items() if file.startswith(folder)), file)


class _Scheduling(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return _together(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Deal out tests by `_together` where they would be by files (`--dist loadfile`)."""
    return _Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


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
