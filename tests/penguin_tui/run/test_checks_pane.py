"""The tab Checks: what the engine finds wrong with a run, with the key that does something."""

from pathlib import Path

from engine.errors import EngineError
from engine.results.checks import CheckReport, Finding
from engine.store import queries
from engine.store.queries import Query
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from tests.support.screen.form_and_run import run_shown
from tests.support.screen.text import flat
from tests.support.screen.waiting import until, until_stored
from tests.support.stored.runs import Stored, train_events

FOUND = Finding(
    code="overfit", severity="warning", text="training accuracy 99.0 %, validation 80.0 %",
    figure=0.19, remedy="early stopping",
)  # fmt: skip


async def asked(home: Path) -> Query:
    [query] = await until_stored(home, lambda s: _of_checks(queries.open_queries(s)))
    return query


def _of_checks(found: list[Query]) -> list[Query]:
    return [query for query in found if query.kind == "check"]


async def test_findings_are_sentences_first_with_remedy_key_and_code(
    workbench: Workbench, stored: Stored, store_home: Path
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with run_shown(workbench, run, "finished", size=(80, 24)) as pilot:
        await pilot.press("Q")
        query = await asked(store_home)
        report = CheckReport(
            run=run, findings=(FOUND,), ignored=(), not_measured={"best_at_edge": "it is no search"}
        )
        with Store.open(store_home) as store:
            queries.set_phase(store, query.id, "fitting a logistic model")
            await until(pilot, lambda: "fitting a logistic model" in flat(workbench))
            queries.answer(store, query.id, report.model_dump_json().encode())
        sentence = "! Training accuracy 99.0 %, validation 80.0 %. warning · overfit"
        await until(pilot, lambda: sentence in flat(workbench))
        assert "→ early stopping (l)." in flat(workbench)
        assert "Not looked for: best at edge; it is no search." in flat(workbench)


async def test_why_there_are_no_findings_is_said(
    workbench: Workbench, stored: Stored, store_home: Path
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with run_shown(workbench, run, "finished", size=(80, 24)) as pilot:
        await pilot.press("Q")
        query = await asked(store_home)
        with Store.open(store_home) as store:
            queries.fail(store, query.id, EngineError("The file is gone.", "Put it back."))
        await until(pilot, lambda: "The file is gone." in flat(workbench))
        assert "Put it back." in flat(workbench)


async def test_a_run_that_trains_is_not_checked_yet(workbench: Workbench, stored: Stored) -> None:
    events = train_events(8, 20, finished=False)
    run = stored("train", {"epochs": 20}, events, status="running")
    async with run_shown(workbench, run, "running", size=(80, 24)) as pilot:
        await pilot.press("Q")
        await until(pilot, lambda: "checked when it has ended" in flat(workbench))
