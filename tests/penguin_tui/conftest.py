"""A home folder with stored runs, and the workbench on it without an engine."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.client import queries as client_queries
from engine.kinds import make_spec
from engine.results.describe import DescribeResult
from engine.results.scores import Scored
from engine.runs.events import Event, Finished
from engine.store import queries
from engine.store.store import Store
from engine.store.writer import RunWriter
from penguin_tui.app.workbench import Workbench
from tests.support.screen.data_screen import Remember
from tests.support.screen.quiet_app import wait_for_quiet
from tests.support.stored.held_out import count_evaluation
from tests.support.stored.runs import NOW, Stored


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next key is pressed once the app has obeyed the one before, not some moments later."""
    monkeypatch.setattr("textual.app.wait_for_idle", wait_for_quiet)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of day are the same wherever the tests run."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def store_home(tmp_path: Path) -> Path:
    """An empty private folder."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return home


@pytest.fixture
def workbench(store_home: Path) -> Workbench:
    """The workbench without an engine, its clock standing still."""
    return Workbench(store_home, engine=False, clock=lambda: NOW)


@pytest.fixture
def stored(store_home: Path) -> Stored:
    """Put a run into the store: kind, fields, events, status and times."""

    def put(
        kind: str,
        fields: dict[str, Any] | None = None,
        events: Sequence[Event] = (),
        *,
        status: str | None = None,
        name: str = "",
        created: float = NOW - 600,
    ) -> int:
        with Store.open(store_home) as store:
            run = store.submit(make_spec(kind, fields or {}), name=name)
            record = store.run(run)
            with store.writing() as connection:
                RunWriter(record).write(connection, events) if events else None
                for event in events:
                    if isinstance(event, Finished) and isinstance(event.result, Scored):
                        count_evaluation(connection, run, event.result.test_set_id)
                connection.execute(
                    "UPDATE runs SET worked = NULL, created = ?, started = ?,"
                    " status = coalesce(?, status) WHERE id = ?",
                    (created, created + 1 if events else None, status, run),
                )
        return run

    return put


@pytest.fixture
def remember(store_home: Path) -> Remember:
    """Keep what a describe query of some data was answered with, as if it had been asked before."""

    def remember(result: DescribeResult, fields: dict[str, Any] | None = None) -> None:
        with Store.open(store_home) as store:
            spec = make_spec("describe", fields or {})
            query = client_queries.ask(store, "describe", spec, "before", engine=False)
            queries.answer(store, query, result.model_dump_json().encode())
            queries.remove(store, query)

    return remember
