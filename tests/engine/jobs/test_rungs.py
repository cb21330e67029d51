"""The trainings of a Hyperband search's rungs: which networks are kept, and what a skip skips."""

import pytest

from engine.errors import EngineError
from engine.jobs.phases.checkpoint import TrainState
from engine.jobs.phases.read_data import read_and_preprocess
from engine.jobs.rungs.promotions import Promotions
from engine.jobs.rungs.rung_training import RungTask, RungWatch, SearchedRows, train_rung
from engine.jobs.rungs.rung_trial import RungTrial
from engine.jobs.trials.subruns import SubrunReporter
from engine.kinds import make_spec
from engine.runs.executor import Direct, perform
from engine.runs.reporter import Reporter
from engine.specs.hyperband_schedule import rungs
from engine.specs.kinds.searches import HyperbandSpec

FIRST, SECOND, *_ = rungs(9, 3)


@pytest.fixture(scope="module")
def shared() -> SearchedRows:
    vary = {"learning_rate": {"low": 1e-4, "high": 0.1}}
    spec = make_spec("hyperband", {"max_epochs": 9, "hidden_layers": [4], "vary": vary})
    assert isinstance(spec, HyperbandSpec)
    return SearchedRows(spec, read_and_preprocess(spec, Reporter()))


def tasks_of(shared: SearchedRows) -> list[RungTask]:
    """The first rung, each trial with a seed of its own."""
    network = shared.spec.network
    return [
        RungTask(
            RungTrial(
                number, {}, FIRST.epochs,
                spec=network.model_copy(update={"seed": number}), rung=FIRST,
            )
        )
        for number in range(FIRST.trials)
    ]  # fmt: skip


def watch_of(shared: SearchedRows) -> RungWatch:
    """With a reporter whose reports are taken at once, as the host takes them."""
    reporter = Reporter(wake=lambda: reporter.drain())
    return RungWatch(reporter, Promotions(shared.spec, reporter))


class Body(bytes):
    """A network that is kept, counted while it is."""

    alive = most = 0

    def __new__(cls, body: bytes) -> "Body":
        cls.alive += 1
        cls.most = max(cls.most, cls.alive)
        return super().__new__(cls, body)

    def __del__(self) -> None:
        type(self).alive -= 1


def test_only_networks_that_can_be_promoted_are_kept(
    shared: SearchedRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_bytes = TrainState.to_bytes
    monkeypatch.setattr(TrainState, "to_bytes", lambda state: Body(to_bytes(state)))
    watch, tasks = watch_of(shared), tasks_of(shared)
    train_rung(shared, tasks, Direct(watch, watch.reporter), 1)
    assert {trial.status for trial in watch.done.values()} == {"finished"}
    # while the rung is trained: those, and the newest
    assert (Body.alive, Body.most) == (SECOND.trials, SECOND.trials + 1)
    assert Body.most < len(tasks)


def test_a_skip_that_was_requested_between_two_rungs_skips_none_of_the_next(
    shared: SearchedRows,
) -> None:
    watch, tasks = watch_of(shared), tasks_of(shared)[:2]
    watch.reporter.request_skip()
    # nor does a part of a run whose trials cannot be skipped
    assert not SubrunReporter(watch.reporter, 0).take_skip()
    perform(train_rung, shared, tasks, watch, watch.reporter)
    assert [watch.done[task.trial.number].status for task in tasks] == ["finished"] * 2


def test_a_network_that_is_not_kept_is_told(shared: SearchedRows) -> None:
    promotions = watch_of(shared).promotions
    assert promotions.network_of(None) is None
    with pytest.raises(EngineError, match="cannot be read") as told:
        promotions.network_of(7)
    assert "Rerun it" in told.value.hint
