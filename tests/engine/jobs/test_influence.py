"""Leaving each training row out: labels that look wrong, rows that teach, resumed and stopped."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.errors import EngineError
from engine.jobs import influence as job
from engine.jobs import run_job
from engine.jobs.phases import training_without
from engine.kinds import make_spec, read_result
from engine.planning.influence import PROBABILITY, RISE, ROW, look_like
from engine.results.influence import InfluenceResult
from engine.runs.events import Event, TrialEnded, TrialStarted
from engine.runs.reporter import Checkpoint, Reporter, ResumeState, Stopped
from engine.runs.state import RunState, fold
from engine.specs.derived_settings import with_settings
from engine.specs.invalid import InvalidSpec
from engine.trainer.batching import Rows
from engine.trainer.callbacks import train
from engine.trainer.network import fleet_member
from engine.trainer.prediction import predict

ROWS, FLIPPED = 60, 4


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes far apart; the labels of the first rows are flipped."""
    random = np.random.default_rng(3)
    codes = np.arange(ROWS) % 2
    x = random.normal(size=(ROWS, 2)) + 6 * codes[:, None]
    codes[:FLIPPED] = 1 - codes[:FLIPPED]
    lines = [f"{a:.3f},{b:.3f},{'ab'[code]}" for (a, b), code in zip(x, codes, strict=True)]
    found = tmp_path_factory.mktemp("data") / "t.csv"
    found.write_text("\n".join(["x,y,kind", *lines]))
    return found


def fields(path: Path, **others: Any) -> dict[str, Any]:
    return {
        "data": str(path), "target": "kind", "hidden_layers": [8], "epochs": 25, "repeats": 2,
        "batch_size": 8, "learning_rate": 0.03,
    } | others  # fmt: skip


@cache
def whole(path: Path) -> tuple[InfluenceResult, tuple[Any, ...]]:
    """The result of a whole run, and all that it has reported."""
    reporter = Reporter()
    result = run_job(make_spec("influence", fields(path)), reporter)
    assert isinstance(result, InfluenceResult)
    return result, tuple(reporter.drain())


def repeats(reported: tuple[Any, ...]) -> list[TrialEnded]:
    return [item for item in reported if isinstance(item, TrialEnded)]


def test_flipped_labels_look_wrong_and_their_rows_mislead(path: Path) -> None:
    found, reported = whole(path)
    flipped = {int(row) for row in repeats(reported)[0].scores[ROW] if row <= FLIPPED}
    assert {own.row for own in found.suspects} == flipped
    assert (found.suspected, found.repeats, found.left_out) == (len(flipped), 2, "rows")
    for own in found.suspects:
        assert own.probability < 0.5 < own.other
        assert {own.label, own.looks_like} == {"a", "b"}
        assert own.agree == 2
        assert set(own.values) == {"x", "y"}
    assert found.misleading[0].row in flipped
    assert found.misleading[0].rise.mean < 0 < found.teaching[0].rise.mean
    assert found.chance is not None
    assert found.chance > 0
    assert read_result({**found.model_dump(mode="json")}) == found
    assert set(found.json_object()["teaching"][0]) == {
        "row", "label", "rise", "rise_low", "rise_high", "values"
    }  # fmt: skip


def test_a_row_left_out_is_a_training_without_it(path: Path) -> None:
    _, reported = whole(path)
    spec = make_spec("influence", fields(path))
    prepared = preprocess(load(spec), spec)  # type: ignore[arg-type]
    scores = repeats(reported)[1].scores
    assert prepared.validation is not None
    x, y = prepared.validation.x, prepared.validation.y
    losses = []
    for weights in (np.ones(len(prepared.train.y)), np.arange(len(prepared.train.y)) != 5):
        own = Rows.of(prepared.train.x, prepared.train.y, weights)
        network = with_settings(spec.network, {"seed": spec.seed + 1})  # type: ignore[attr-defined]
        training = fleet_member(network, *prepared.sizes, own)()
        train(training)
        said = predict(training.config, training.parameters, Rows.of(x, y))
        losses.append(-np.log(said[np.arange(len(y)), y]).mean())
        left_out = predict(
            training.config, training.parameters,
            Rows.of(prepared.train.x.take(np.array([5])), prepared.train.y[[5]]),
        )[0]  # fmt: skip
    assert scores[RISE][5] == pytest.approx(losses[1] - losses[0], abs=2e-6)
    found = [scores[f"{PROBABILITY}{code}"][5] for code in (0, 1)]
    assert found == pytest.approx(left_out, abs=1e-6)


class Ending(Reporter):
    """Ends the run once a repeat and some rows of the next are done."""

    def __init__(self, *, resumable: bool) -> None:
        super().__init__()
        self.kept: list[Any] = []
        self._ask = self.request_interrupt if resumable else self.request_stop

    def emit(self, item: Any) -> None:
        self.kept.append(item)
        if isinstance(item, Checkpoint) and item.trial == 1:
            self._ask()


@pytest.mark.parametrize("resumable", [True, False])
def test_an_interrupted_run_resumes_and_a_stopped_one_keeps_its_whole_repeats(
    path: Path, monkeypatch: pytest.MonkeyPatch, resumable: bool
) -> None:
    monkeypatch.setattr(training_without, "CHECKPOINT_SECONDS", 0.0)
    reporter = Ending(resumable=resumable)
    with pytest.raises(Stopped):
        run_job(make_spec("influence", fields(path)), reporter)
    last = [item for item in reporter.kept if isinstance(item, Checkpoint)][-1]
    assert last.trial == 1
    if not resumable:
        (result,) = [item.result for item in reporter.kept if getattr(item, "result", None)]
        assert (result.repeats, result.chance) == (1, None)
        return
    events: list[Event] = [
        item for item in reporter.kept if isinstance(item, TrialStarted | TrialEnded)
    ]
    again = Reporter(ResumeState(fold(RunState(), events), {1: last.body}))
    assert run_job(make_spec("influence", fields(path)), again) == whole(path)[0]
    assert [item.trial for item in again.drain() if isinstance(item, TrialEnded)] == [1]


def test_of_many_rows_folds_are_left_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("engine.specs.kinds.influence", "engine.planning.influence", job.__name__):
        monkeypatch.setattr(f"{module}.MOST_LEFT_OUT_ALONE", 20)
    reporter = Reporter()
    found = run_job(make_spec("influence", fields(path, folds=5)), reporter)
    assert isinstance(found, InfluenceResult)
    assert (found.left_out, found.groups) == ("folds", 5)
    flipped = {own.row for own in whole(path)[0].suspects}
    assert {own.row for own in found.suspects} >= flipped
    first, second = repeats(tuple(reporter.drain()))
    assert len(set(first.scores[RISE])) == 5
    assert first.scores[RISE] != second.scores[RISE]


def test_what_would_be_too_much_or_leak_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidSpec, match="strict protocol"):
        make_spec("influence", fields(path, protocol="as_published"))
    monkeypatch.setattr(job, "MOST_CELLS", 10)
    with pytest.raises(EngineError, match="too many training rows"):
        run_job(make_spec("influence", fields(path)), Reporter())


def test_a_row_is_of_the_class_that_it_is_confidently_of() -> None:
    probabilities = [(0.9, 0.1), (0.7, 0.3), (0.2, 0.8), (0.4, 0.6), (0.6, 0.4)]
    # thresholds: (0.9 + 0.7 + 0.2) / 3 = 0.6 and (0.6 + 0.4) / 2 = 0.5
    assert look_like(probabilities, [0, 0, 0, 1, 1], 2) == [0, 0, 1, 1, 0]
    assert look_like([(0.5, 0.5), (0.1, 0.9)], [0, 1], 2) == [0, 1]
    assert look_like([(0.3, 0.4, 0.3)], [0], 3) == [0]
