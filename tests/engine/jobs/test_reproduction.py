"""The post beside its published figures, in its quick form, on the real engine."""

import json
from collections.abc import Iterator

import pytest

from engine.client.following import follow
from engine.client.submission import resume_run, stop_run, submit
from engine.jobs.reproduction.steps import steps_of
from engine.kinds import make_spec
from engine.results.reference import PARTS
from engine.results.scores import TrainResult
from engine.results.search import ReproduceResult
from engine.runs.events import Ended
from engine.runs.state import RunState
from engine.specs.kinds.reproduce import ReproduceSpec
from engine.specs.kinds.searches import SearchSpec
from engine.specs.presets import TRAIN_PRESETS
from engine.store.records import RunRecord
from engine.store.store import Store

QUICK = {"quick": True, "seeds": 2, "seed": 3}


@pytest.fixture(scope="module")
def reproduced(
    engine_home: object,
) -> Iterator[tuple[RunRecord, RunState, dict[str, bytes | None]]]:
    """One quick reproduction, with the reports it leaves."""
    with Store.open(engine_home) as store:  # type: ignore[arg-type]
        *_, (record, state) = follow(store, submit(store, make_spec("reproduce", QUICK)))
        names = ("report.md", "report.json")
        yield record, state, {name: store.artefact(record.id, name) for name in names}


@pytest.mark.timeout(600)
def test_every_part_is_run_both_ways(
    reproduced: tuple[RunRecord, RunState, dict[str, bytes | None]],
) -> None:
    record, state, _ = reproduced
    assert record.status == "finished", record.message
    groups = {(trial.group, trial.settings["protocol"]) for trial in state.trials.values()}
    for part in PARTS:
        assert {(part.name, "as_published"), (part.name, "strict")} <= groups
    assert state.plan is not None
    assert state.plan.trials == len(state.trials)
    # how far it was is known by epochs, which early stopping makes fewer
    assert state.plan.epochs / 2 < state.epochs_done <= state.plan.epochs


def test_the_report_has_a_line_for_each_part_and_a_conclusion(
    reproduced: tuple[RunRecord, RunState, dict[str, bytes | None]],
) -> None:
    _, state, reports = reproduced
    result = state.result
    assert isinstance(result, ReproduceResult)
    assert [row.part for row in result.rows] == [part.name for part in PARTS]
    assert all(row.verdict for row in result.rows)
    words = ("Undecided", "are equivalent", "is better than", "is worse than")
    assert sum(word in result.conclusion for word in words) == 1
    assert result.difference is not None
    assert result.difference.covers == "splits"
    assert result.difference.low is not None
    assert result.difference.high is not None
    assert result.difference.low <= result.difference.mean <= result.difference.high
    text = (reports["report.md"] or b"").decode()
    assert text == result.report
    assert result.conclusion in text
    assert all(f"| {part.name} |" in text for part in PARTS)
    assert json.loads(reports["report.json"] or b"{}")["conclusion"] == result.conclusion


def test_the_searches_as_published_are_named_for_what_they_are(
    reproduced: tuple[RunRecord, RunState, dict[str, bytes | None]],
) -> None:
    result = reproduced[1].result
    assert isinstance(result, ReproduceResult)
    verdicts = {row.part: row.verdict for row in result.rows}
    for search in ("random search", "grid search"):
        assert "All trials were the same network" in verdicts[search]


def test_a_network_is_what_its_own_run_gives(
    store: Store, reproduced: tuple[RunRecord, RunState, dict[str, bytes | None]]
) -> None:
    trials = reproduced[1].trials.values()
    own = {"protocol": "as_published", "seed": 3}
    (trial,) = (t for t in trials if t.group == "step decay" and t.settings == own)
    fields = TRAIN_PRESETS["step-decay"] | own | {"split_seed": 3}
    *_, (_, state) = follow(store, submit(store, make_spec("train", fields)))
    assert isinstance(state.result, TrainResult)
    scores = state.result.scores
    assert scores.test is not None
    assert trial.scores["train"] == (scores.train.accuracy.value,)
    assert trial.scores["test"] == (scores.test.accuracy.value,)


def test_no_test_row_of_the_persons_data_is_spent(
    store: Store, reproduced: tuple[RunRecord, RunState, dict[str, bytes | None]]
) -> None:
    counted = "SELECT count(*) FROM test_evaluations WHERE run = ?"
    assert store.select(counted, reproduced[0].id)[0][0] == 0


@pytest.mark.timeout(600)
def test_a_reproduction_stops_and_goes_on_without_repeating_a_part(
    store: Store, reproduced: tuple[RunRecord, RunState, dict[str, bytes | None]]
) -> None:
    run = submit(store, make_spec("reproduce", QUICK))
    asked = False
    for now in follow(store, run):
        parts = now[1].plan.trials if now[1].plan is not None else 0
        if not asked and parts and len(now[1].trials) > 0.7 * parts:
            stop_run(store, run)
            asked = True
    record, state = now
    assert record.status == "stopped"
    ends = [event for event in store.events(run)[1] if isinstance(event, Ended)]
    assert len(ends) == 1
    # what was finished stays
    kept = {n: t.started for n, t in state.trials.items() if t.status == "finished"}
    assert len(kept) > 0.6 * len(reproduced[1].trials)
    resume_run(store, run)
    *_, (record, state) = follow(store, run)
    assert record.status == "finished", record.message
    assert {n: state.trials[n].started for n in kept} == kept
    assert state.result == reproduced[1].result
    assert store.artefact(run, "report.md") == reproduced[2]["report.md"]
    assert store.checkpoints(run) == {}


def test_strict_searches_are_repeated_on_outer_folds_unless_it_is_to_be_quick() -> None:
    for quick, folds in ((False, 5), (True, 0)):
        spec = make_spec("reproduce", {"quick": quick, "seeds": 1})
        assert isinstance(spec, ReproduceSpec)
        found = {
            (step.part.name, step.protocol): step.spec.outer_folds
            for step in steps_of(spec)
            if isinstance(step.spec, SearchSpec)
        }
        searches = ("random search", "grid search", "hyperband")
        assert found == {(one, "strict"): folds for one in searches} | {
            (one, "as_published"): 0 for one in searches
        }
