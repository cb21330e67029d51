"""Queries: answered once, replaced by a newer one, given up when nobody wants them any more."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.queries import echo
from benchmarks.queries.echo import Echo, Echoed
from benchmarks.replay import in_place_of_the_engine
from engine.client import queries as client
from engine.environment import memory
from engine.errors import EngineError
from engine.kinds import QUERIES, make_spec
from engine.runs.reporter import Reporter
from engine.store import queries
from engine.store.home import home
from engine.store.queries import KEPT_ANSWERS
from engine.store.store import Store
from engine.worker.host import Host
from engine.worker.query_service import QueryService
from tests.support.patience import PATIENCE

ASK_AND_LEAVE = (
    "import sys, pathlib\n"
    "from engine.store.store import Store; from engine.store import queries\n"
    "with Store.open(pathlib.Path(sys.argv[1])) as store:\n"
    "    queries.ask(store, 'unknown', '{}', 'somebody')\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(QUERIES, "echo", echo.QUERIES["echo"])
    folder = home()
    with in_place_of_the_engine(folder):
        yield folder


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder) as opened:
        yield opened


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[], QueryService]]:
    """Answer queries in this process."""
    started: list[tuple[QueryService, threading.Thread]] = []

    def start() -> QueryService:
        service = QueryService(folder, lambda kind: True)
        thread = threading.Thread(target=service.serve, daemon=True)
        thread.start()
        started.append((service, thread))
        return service

    yield start
    for service, thread in started:
        service.end()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def settled(store: Store, query: int) -> queries.Query | None:
    """The query when it has an answer, a reason why not, or is gone."""

    def reached() -> bool:
        found = queries.look(store, query)
        return found is None or found.answer is not None or found.error is not None

    assert store.wait_for(reached, PATIENCE)
    return queries.look(store, query)


def test_an_answer_is_read_once_and_nothing_of_it_is_left(
    store: Store, start: Callable[[], QueryService]
) -> None:
    start()
    assert client.answer(store, "echo", Echo(text="hello"), "test") == Echoed(text="hello")
    assert store.select("SELECT * FROM queries") == []
    assert store.runs(include_deleted=True) == []


def test_phases_reach_the_asker(store: Store, start: Callable[[], QueryService]) -> None:
    start()
    seen: list[str] = []
    client.answer(store, "echo", Echo(text="x", seconds=0.1), "test", seen.append)
    assert seen == ["echoing x"]


def test_memory_that_a_query_has_reserved_is_free_again(
    store: Store, start: Callable[[], QueryService], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = echo.run

    def run(arguments: Echo, reporter: Reporter) -> Echoed:
        memory.reserve(1e6, "an echo", "Be quiet.")
        return answered(arguments, reporter)

    monkeypatch.setattr(echo, "run", run)
    # of other tests in this process
    before = dict(memory._reserved)
    service = start()
    client.answer(store, "echo", Echo(text="hello"), "test")
    assert store.wait_for(lambda: not service.busy, PATIENCE)
    assert memory._reserved == before


def test_a_question_that_this_version_does_not_know_ends_no_engine(store: Store) -> None:
    queries.ask(store, "unknown", "{}", "somebody")
    wanted = threading.Event()
    host: Any = SimpleNamespace(store=store, _ahead=False, loader=SimpleNamespace(go_on=wanted))
    Host._continue_loading(host)
    assert not wanted.is_set()


def test_an_error_travels_with_its_hint(store: Store, start: Callable[[], QueryService]) -> None:
    start()
    with pytest.raises(EngineError, match=r"Unexpected error \(ValueError\)"):
        client.answer(store, "echo", Echo(text="fail"), "test")
    wrong = make_spec("describe", {"data": "penguins", "target": "no such column"})
    with pytest.raises(EngineError, match="no such column"):
        client.answer(store, "describe", wrong, "test")


def test_a_newer_one_of_the_same_asker_replaces_an_older_one_at_work(
    store: Store, start: Callable[[], QueryService]
) -> None:
    service = start()
    older = client.ask(store, "echo", Echo(text="old", seconds=PATIENCE), "test")
    assert store.wait_for(lambda: queries.look(store, older).phase, PATIENCE)  # type: ignore[union-attr]
    other = client.ask(store, "echo", Echo(text="other", seconds=0.05), "another test")
    newer = client.ask(store, "echo", Echo(text="new"), "test")
    assert queries.look(store, older) is None
    for query, text in ((newer, "new"), (other, "other")):
        found = settled(store, query)
        assert found is not None
        assert found.answer is not None
        assert client.read_answer("echo", found.answer) == Echoed(text=text)
    # its work, for which a minute was asked, has been given up
    assert store.wait_for(lambda: not service.busy, PATIENCE / 2)


def test_what_the_asker_takes_back_is_given_up(
    store: Store, start: Callable[[], QueryService]
) -> None:
    service = start()
    query = client.ask(store, "echo", Echo(text="x", seconds=PATIENCE), "test")
    assert store.wait_for(lambda: queries.look(store, query).phase, PATIENCE)  # type: ignore[union-attr]
    queries.remove(store, query)
    assert store.wait_for(lambda: not service.busy, PATIENCE / 2)


def test_leaving_while_waiting_takes_the_question_back(
    folder: Path, start: Callable[[], QueryService]
) -> None:
    service = start()

    def leave(phase: str) -> None:
        raise KeyboardInterrupt

    with Store.open(folder) as store:
        with pytest.raises(KeyboardInterrupt):
            client.answer(store, "echo", Echo(text="x", seconds=PATIENCE), "test", leave)
        assert queries.open_queries(store) == []
        assert store.wait_for(lambda: not service.busy, PATIENCE / 2)


def test_queries_of_a_process_that_is_gone_are_removed(
    store: Store, start: Callable[[], QueryService]
) -> None:
    start()
    subprocess.run([sys.executable, "-c", ASK_AND_LEAVE, str(store.home)], check=True)
    assert store.wait_for(lambda: not queries.open_queries(store), PATIENCE)


def test_what_ended_an_engine_is_not_tried_again_by_the_next(
    store: Store, start: Callable[[], QueryService]
) -> None:
    begun = client.ask(store, "echo", Echo(text="x"), "test")
    waiting = client.ask(store, "echo", Echo(text="y"), "another test")
    queries.set_begun(store, begun)
    start()
    found = settled(store, begun)
    assert found is not None
    assert found.error is not None
    assert "The engine ended" in found.error.message
    found = settled(store, waiting)
    assert found is not None
    assert found.answer is not None


def test_the_last_answers_are_kept_for_an_unchanged_file(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "birds.csv"
    file.write_text("wing,bird\n1,a\n2,b\n")
    spec = make_spec("describe", {"data": str(file), "target": "bird"})
    first = client.ask(store, "describe", spec, "test")
    queries.answer(store, first, b"{}")
    second = client.ask(store, "describe", spec, "test")
    found = queries.look(store, second)
    assert found is not None
    assert found.answer == b"{}"
    os.utime(file, ns=(1, 1))
    third = client.ask(store, "describe", spec, "test")
    assert [query.id for query in queries.open_queries(store)] == [third]


def test_few_answers_are_kept_the_last_used_ones(store: Store) -> None:
    for number in range(KEPT_ANSWERS + 3):
        query = queries.ask(store, "describe", str(number), "test", key=str(number))
        queries.answer(store, query, b"x")
        queries.ask(store, "describe", "0", "test", key="0")
    kept = [arguments for arguments, _ in queries.kept_answers(store, "describe")]
    assert len(kept) == KEPT_ANSWERS
    assert "0" in kept
    assert "1" not in kept
