"""Live runs as a shell sees them: followed, interrupted, paused and stopped."""

import json
import os
import signal

from engine.store.store import Store
from tests.support.command_processes import LONG, Start, call, newest, read, training, wait_for
from tests.support.patience import PATIENCE


def test_ctrl_c_stops_the_run(start: Start, store: Store) -> None:
    program = start("run", "train", "--json", "--name", "ctrl-c", *LONG)
    run = newest(store, "ctrl-c")
    wait_for(store, run, training)
    program.signal(signal.SIGINT)
    code, out, err = program.end()
    assert code == 130
    found = json.loads(out)
    assert found["run"] == run
    assert found["status"] == "stopped"
    # nobody looks at the test part of a run that was stopped
    assert found["metrics"]["test_accuracy"] is None
    assert found["metrics"]["train_accuracy"] is not None
    assert "Traceback" not in err
    assert not store.run(run).live


def test_a_second_ctrl_c_leaves_at_once(start: Start, store: Store) -> None:
    program = start("run", "train", "--name", "twice", *LONG)
    run = newest(store, "twice")
    wait_for(store, run, training)
    engine = store.engine()
    assert engine is not None
    # an engine that does not answer for a while
    os.kill(engine.pid, signal.SIGSTOP)
    try:
        program.signal(signal.SIGINT)
        assert program.process.stderr is not None
        while "Ctrl+C again" not in program.process.stderr.readline():
            assert program.process.poll() is None
        program.signal(signal.SIGINT)
        code, out, err = program.end()
        assert (code, out) == (130, "")
        assert f"run {run} ends by itself" in err
        assert store.run(run).live
    finally:
        os.kill(engine.pid, signal.SIGCONT)
    assert store.wait_for(lambda: not store.run(run).live, PATIENCE)
    assert store.run(run).status == "stopped"


def test_a_hang_up_leaves_the_run_going(start: Start, store: Store) -> None:
    program = start("run", "train", "--name", "hang-up", *LONG)
    run = newest(store, "hang-up")
    wait_for(store, run, training)
    program.signal(signal.SIGHUP)
    assert program.end()[0] == -signal.SIGHUP
    seen = store.run(run).epochs_run
    wait_for(store, run, lambda record: record.epochs_run > seen)
    code, out, _ = call(start, "stop", str(run))
    assert code == 0
    assert "is stopped" in out


def test_a_detached_run_is_followed_by_two_and_stopped_by_a_third(
    start: Start, store: Store
) -> None:
    run = read(start, "run", "train", "--detach", "--json", *LONG)["run"]
    followers = [start("log", str(run), "--follow") for _ in range(2)]
    wait_for(store, run, training)
    assert store.run(run).live
    stopped = read(start, "stop", str(run), "--json")
    assert stopped == {"run": run, "status": "stopped", "message": stopped["message"]}
    for follower in followers:
        code, out, err = follower.end()
        assert code == 130, err
        assert "Epoch 1/100000" in out
        assert out.splitlines()[-1].startswith("stopped")
        # each epoch is told once, in order
        told = [line.split()[1] for line in out.splitlines() if line.startswith("Epoch ")]
        assert told == [f"{number}/100000" for number in range(1, len(told) + 1)]


def test_a_run_waits_and_goes_on(start: Start, store: Store) -> None:
    run = read(start, "run", "train", "--detach", "--json", *LONG)["run"]
    wait_for(store, run, training)
    code, out, err = call(start, "pause", str(run))
    assert (code, out) == (0, f"Run {run} is paused.\n"), err
    assert store.run(run).status == "paused"
    code, out, err = call(start, "resume", str(run))
    assert (code, out) == (0, f"Run {run} resumes.\n"), err
    seen = store.run(run).epochs_run
    wait_for(store, run, lambda record: record.epochs_run > seen)
    assert call(start, "stop", str(run))[0] == 0
    code, _, err = call(start, "pause", str(run))
    assert code == 1
    assert "stopped" in err


def test_leaving_a_followed_log_leaves_the_run_going(start: Start, store: Store) -> None:
    run = read(start, "run", "train", "--detach", "--json", *LONG)["run"]
    wait_for(store, run, training)
    follower = start("log", str(run), "--follow")
    assert follower.process.stdout is not None
    follower.process.stdout.readline()
    follower.signal(signal.SIGINT)
    assert follower.end()[0] == 130
    seen = store.run(run).epochs_run
    wait_for(store, run, lambda record: record.epochs_run > seen)
    assert call(start, "stop", str(run))[0] == 0
