"""What cannot be loaded concerns those who wait for it: what runs without it goes on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.replay import in_place_of_the_engine
from engine.environment.memory import TENSORFLOW, TRAINER, Need
from engine.errors import EngineError
from engine.kinds import KINDS, make_spec
from engine.store.home import home
from engine.store.store import Store
from engine.worker import host, library_loader
from engine.worker.library_loader import Loader
from engine.worker.query_service import QueryService
from tests.support.engine.own_kind import KINDS as OWN
from tests.support.patience import PATIENCE

NO_ROOM = EngineError("There is too little memory for it.", "Lift the limit.")


@pytest.fixture
def without_room(monkeypatch: pytest.MonkeyPatch) -> set[Need]:
    """What has no room; nothing is loaded in truth."""
    found: set[Need] = set()

    def refuse(need: Need, threads: int) -> None:
        if need in found:
            raise NO_ROOM

    monkeypatch.setenv("PENGUIN_TUI_PRECOMPILE", "0")
    monkeypatch.setattr(library_loader, "refuse_too_little", refuse)
    monkeypatch.setattr(Loader, "_load_data", lambda loader: loaded(loader, "data"))
    monkeypatch.setattr(Loader, "_load_trainer", lambda loader: loaded(loader, "trainer"))
    monkeypatch.setattr(Loader, "_load", lambda loader, needs, _: loaded(loader, needs))
    return found


def loaded(loader: Loader, needs: str) -> None:
    names = (kind.name for kind in KINDS.values() if kind.needs == needs)
    loader._loaded = (*loader._loaded, needs)  # type: ignore[arg-type]
    loader.kinds = (*loader.kinds, *names)


class Watched:
    """A loader in a thread of its own, and a way to wait for what it comes to."""

    def __init__(self, folder: Path) -> None:
        self._changed = threading.Condition()
        self.loader = Loader(2, self._notify, folder)
        self._thread = threading.Thread(target=self.loader.run, daemon=True)
        self._thread.start()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait_for(self, what: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(what, PATIENCE)

    def close(self) -> None:
        self.loader.go_on.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


def test_what_had_no_room_is_loaded_once_it_has(without_room: set[Need], tmp_path: Path) -> None:
    without_room |= {TRAINER, TENSORFLOW}
    with closing(Watched(tmp_path)) as watched:
        loader = watched.loader
        # nobody has wanted it yet: nothing has failed
        assert watched.wait_for(lambda: not loader.detail)
        assert "baseline" in loader.kinds
        assert loader.failed is None
        loader.go_on.set()
        assert watched.wait_for(lambda: loader.failed is NO_ROOM and not loader.go_on.is_set())
        assert "train" not in loader.kinds
        without_room.remove(TRAINER)
        loader.go_on.set()
        assert watched.wait_for(lambda: "train" in loader.kinds and not loader.detail)
        assert "random_search" not in loader.kinds
        without_room.clear()
    assert "random_search" in loader.kinds


@pytest.fixture
def engine(
    without_room: set[Need], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[threading.Thread]:
    """An engine in a thread of this process, not yet started."""
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(KINDS, "count", OWN["count"])
    monkeypatch.setattr(host, "DELAY_SECONDS", 0.1)

    def serve() -> None:
        with Store.open(home()) as store:
            host.Host(home(), store).serve()

    with in_place_of_the_engine(home()):
        yield threading.Thread(target=serve, daemon=True)


def test_a_search_without_room_ends_no_run_beside_it(
    engine: threading.Thread, without_room: set[Need]
) -> None:
    without_room.add(TENSORFLOW)
    with Store.open(home()) as store:
        counting = store.submit(make_spec("count", {"upto": 10_000}))
        engine.start()
        assert store.wait_for(lambda: store.run(counting).status == "running", PATIENCE)
        search = store.submit(make_spec("random_search", {"vary": {"epochs": {"values": [1, 2]}}}))
        assert store.wait_for(lambda: store.run(search).status == "failed", PATIENCE)
        found = store.run(search)
        assert found.message == NO_ROOM.message
        # whoever comes next may give more memory: the engine ends with what still runs
        assert found.hint == (
            f"{NO_ROOM.hint} Wait until the other runs have ended: this engine ends with them."
        )
        assert store.run(counting).status == "running"
        store.request(counting, "stop")
        assert store.wait_for(lambda: store.run(counting).status == "stopped", PATIENCE)
        engine.join(PATIENCE)
        assert not engine.is_alive()


def test_nothing_is_compiled_ahead_while_somebody_waits(
    engine: threading.Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "RESTED_SECONDS", 0.0)
    with Store.open(home()) as store:
        served = host.Host(home(), store)
        for waits in (True, False):
            # for a library that is being loaded
            (served.loader.go_on.set if waits else served.loader.go_on.clear)()
            served._allow_precompiling()
            assert served.loader.idle.is_set() is not waits
        monkeypatch.setattr(QueryService, "busy", True)
        served._allow_precompiling()
        assert not served.loader.idle.is_set()
