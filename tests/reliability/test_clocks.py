"""Durations are of a clock that cannot be set: jumps and restarts make none of them absurd."""

import time

import pytest

from engine.client.process import stop_engine
from engine.client.submission import may_kill, resume_run
from engine.environment import clock
from engine.kinds import make_spec
from engine.runs.events import Ended, EpochBlock, Plan, TrialEnded, TrialStarted
from engine.runs.state import RunState, fold
from engine.store.recovery import mark_lost_runs, resume_ended
from engine.store.store import Store
from engine.store.writer import RunWriter, acknowledge, claim
from tests.support.engine.processes import flawed_engine, state_of, wait_until

HOUR = 3600.0
# an engine whose clock is set while a run is worked on: back, then forward by two hours
JUMPS = """
    import engine.environment.clock as clock
    real = clock.now
    for offset in (-3600.0, 3600.0):
        clock.now = lambda: real() + offset
        for number in range(1, 40):
            reporter.epoch(0, number + (40 if offset > 0 else 0), {'loss': 0.5})
            time.sleep(0.01)
    raise ValueError('done')"""
WAITS = "\n    while True:\n        time.sleep(0.01)\n        reporter.check()"


class Clocks:
    """Both clocks, turned by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.passed = 1.8e9, 1000.0
        monkeypatch.setattr(clock, "now", lambda: self.wall)
        monkeypatch.setattr(clock, "steady", lambda: self.passed)

    def work(self, seconds: float) -> None:
        """Time goes by."""
        self.wall += seconds
        self.passed += seconds


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


def begun(store: Store) -> tuple[int, RunWriter]:
    """A run that an engine has taken."""
    run = store.submit(make_spec("train", {}))
    record = claim(store, ("train",), {})
    assert record is not None
    assert record.id == run
    return run, RunWriter(record)


def write(store: Store, writer: RunWriter, *events: Ended) -> None:
    with store.writing() as connection:
        writer.write(connection, events)


@pytest.mark.parametrize("jump", [-HOUR, HOUR, 30 * HOUR])
def test_a_run_over_a_jump_of_the_clock_took_as_long_as_it_took(
    store: Store, clocks: Clocks, jump: float
) -> None:
    run, writer = begun(store)
    clocks.work(10.0)
    assert store.run(run).seconds() == pytest.approx(10.0)
    # set by hand, or a machine that has slept, during which the other clock stands still
    clocks.wall += jump
    assert store.run(run).seconds() == pytest.approx(10.0)
    clocks.work(5.0)
    write(store, writer, Ended(status="finished"))
    clocks.work(100.0)
    assert store.run(run).seconds() == pytest.approx(15.0)


def test_the_time_left_over_a_jump_of_the_clock_is_not_absurd(clocks: Clocks) -> None:
    plan = Plan(trials=1, trainings=1, epochs=1000)
    clocks.work(10.0)
    block = EpochBlock.of(0, 1, [(0.5,) * 6] * 100)
    state = fold(RunState(), [plan, block])
    assert state.pace(clocks.wall, 11.0) == pytest.approx(10.0)
    for jump in (-HOUR, HOUR, 24 * HOUR):
        assert state.pace(clocks.wall + jump, 11.0) == pytest.approx(100 / 11)


def test_a_trial_over_a_jump_of_the_clock_took_as_long_as_it_took(clocks: Clocks) -> None:
    started = TrialStarted(trial=0, settings={}, epochs=1, steady=clock.steady())
    clocks.work(4.0)
    clocks.wall -= HOUR
    ended = TrialEnded(trial=0, status="finished", steady=clock.steady())
    assert fold(RunState(), [started, ended]).trials[0].seconds == pytest.approx(4.0)


def test_interruptions_and_the_time_until_somebody_looks_are_left_out(
    store: Store, clocks: Clocks
) -> None:
    run, writer = begun(store)
    clocks.work(10.0)
    write(store, writer)
    # killed; somebody looks a day later, after a restart of the machine
    clocks.wall += 24 * HOUR
    clocks.passed = 3.0
    mark_lost_runs(store)
    assert store.run(run).status == "lost"
    assert store.run(run).seconds() == pytest.approx(10.0)
    assert resume_ended(store, run)
    clocks.work(60.0)
    assert store.run(run).seconds() == pytest.approx(10.0)
    record = claim(store, ("train",), {})
    assert record is not None
    clocks.work(7.0)
    assert store.run(run).seconds() == pytest.approx(17.0)
    write(store, RunWriter(record), Ended(status="finished"))
    assert store.run(run).seconds() == pytest.approx(17.0)
    # it is said since when there has been a run, not since its last resumption
    assert store.run(run).started == pytest.approx(1.8e9)


def test_a_pause_is_left_out(store: Store, clocks: Clocks) -> None:
    run, _ = begun(store)
    clocks.work(10.0)
    acknowledge(store, store.request(run, "pause"), run, "pause")
    clocks.work(HOUR)
    assert store.run(run).seconds() == pytest.approx(10.0)


def test_a_clock_set_back_does_not_keep_a_run_from_being_killed(
    store: Store, clocks: Clocks
) -> None:
    run, _ = begun(store)
    acknowledge(store, store.request(run, "stop"), run, "stop")
    assert not may_kill(store.run(run), clock.now())
    clocks.wall -= HOUR
    assert may_kill(store.run(run), clock.now())


def test_what_a_kill_requested_before_is_forgotten_when_a_run_is_resumed(
    store: Store, clocks: Clocks
) -> None:
    run, _ = begun(store)
    acknowledge(store, store.request(run, "kill"), run, "kill")
    mark_lost_runs(store)
    assert store.run(run).status == "stopped"
    assert resume_ended(store, run)
    # whatever its clock says: this time it was no kill
    clocks.wall -= HOUR
    assert claim(store, ("train",), {})
    mark_lost_runs(store)
    assert store.run(run).status == "lost"


def test_an_engine_whose_clock_is_set_says_how_long_its_run_took(store: Store) -> None:
    run = store.submit(make_spec("baseline", {}))
    begun = time.monotonic()
    engine = flawed_engine(store.home, JUMPS)
    wait_until(store, lambda: not store.run(run).live)
    most = time.monotonic() - begun
    seconds = store.run(run).seconds()
    assert seconds is not None
    assert 0.78 < seconds < most
    assert stop_engine(store.home)
    engine.wait()


def test_the_duration_survives_the_end_of_the_engine(store: Store) -> None:
    run = store.submit(make_spec("baseline", {}))
    engine = flawed_engine(store.home, WAITS)
    wait_until(store, lambda: state_of(store, run).phase == "flawed")
    store.waiter.wait(0)
    wait_until(store, lambda: (store.run(run).seconds() or 0.0) > 0.5)
    assert stop_engine(store.home)
    engine.wait()
    worked = store.run(run).seconds()
    assert worked is not None
    assert worked > 0.5
    resume_run(store, run)
    wait_until(store, lambda: not store.run(run).live)
    after = store.run(run).seconds()
    assert store.run(run).status == "finished"
    assert after is not None
    assert worked < after
    assert stop_engine(store.home)
