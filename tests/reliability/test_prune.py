"""Old events are thinned, after showing what would go; what later figures need stays."""

import os
import subprocess
import sys
import time
from pathlib import Path

from engine.kinds import make_spec
from engine.results.predictions import PREDICTIONS
from engine.runs.events import Ended, EpochBlock, TrialEnded, TrialStarted
from engine.store.home import copies_path
from engine.store.pruning import prunable, prune
from engine.store.store import Store
from engine.store.writer import (
    RunWriter,
    claim,
    keep_artefact,
    keep_checkpoint,
    keep_data_hash,
)
from tests.support.stored.held_out import count_evaluation

SWEEP = {"vary": {"epochs": {"values": [3]}}}


def put_run(store: Store, kind: str, status: str, ended: float) -> int:
    spec = make_spec(kind, SWEEP if kind == "sweep" else {})
    store.submit(spec)
    record = claim(store, (kind,), {})
    assert record is not None
    block = EpochBlock.of(0, 1, [(0.5,) * 6] * 500)
    events = [
        TrialStarted(at=1.0, trial=0, settings={}, epochs=500),
        block,
        TrialEnded(at=2.0, trial=0, status="finished", scores={"validation": (0.5,)}, epochs=500),
        Ended(at=ended, status=status),
    ]
    with store.writing() as connection:
        keep_artefact(connection, record.id, "model.keras", b"m" * 5000)
        keep_artefact(connection, record.id, PREDICTIONS, b"p" * 500)
        keep_checkpoint(connection, record.id, 0, 10, b"c" * 3000)
        count_evaluation(connection, record.id, "part")
        RunWriter(record).write(connection, events)
    return record.id


def test_what_goes_is_shown_and_only_that_goes(store: Store) -> None:
    old, now = 1000.0, time.time()
    train, sweep, lost, removed, young = (
        put_run(store, "train", "finished", old),
        put_run(store, "sweep", "finished", old),
        put_run(store, "train", "lost", old),
        put_run(store, "train", "finished", old),
        put_run(store, "train", "lost", now),
    )
    store.delete(removed)
    with store.writing() as connection:
        connection.execute("UPDATE runs SET deleted = 2000 WHERE id = ?", (removed,))
    before = {run: store.events(run) for run in (train, lost, young)}
    found = {removal.what.split()[0]: removal.runs for removal in prunable(store, 5000.0)}
    assert found == {"everything": 1, "curves": 1, "checkpoints": 1, "predictions": 4}
    prune(store, 5000.0)
    assert prunable(store, 5000.0) == ()
    assert {run: store.events(run) for run in before} == before
    assert store.checkpoints(young)
    assert not store.checkpoints(lost)
    assert store.artefact(train, "model.keras") is not None
    assert store.artefact(train, PREDICTIONS) is None
    assert store.artefact(young, PREDICTIONS) is not None
    assert store.artefact(removed, "model.keras") is None
    # a sweep keeps its trials and their scores, and every scoring still counts
    assert [type(e).__name__ for e in store.events(sweep)[1]] == [
        "TrialStarted", "TrialEnded", "Ended",
    ]  # fmt: skip
    assert store.run(train).test_evaluations == 5


def test_a_run_that_can_be_brought_back_keeps_its_data(store: Store) -> None:
    gone, hidden = (put_run(store, "train", "finished", 1000.0) for _ in range(2))
    copies = copies_path(store.home)
    copies.mkdir()
    for run, deleted, name in ((gone, 2000.0, "a"), (hidden, 6000.0, "b")):
        (copies / f"{name}.csv").write_text("x\n")
        with store.writing() as connection:
            keep_data_hash(connection, run, store.run(run).spec, name)
            connection.execute("UPDATE runs SET deleted = ? WHERE id = ?", (deleted, run))
    prune(store, 5000.0)
    assert [path.name for path in copies.iterdir()] == ["b.csv"]


def test_a_file_that_the_program_did_not_put_beside_the_copies_stays(
    store: Store, tmp_path: Path
) -> None:
    copies = copies_path(store.home)
    copies.mkdir()
    theirs = copies / "table.csv"
    theirs.write_text("x\n")
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text("x\n")
    (copies / "a.csv").symlink_to(elsewhere)
    for name in ("a", "../../elsewhere"):
        run = put_run(store, "train", "finished", 1000.0)
        with store.writing() as connection:
            keep_data_hash(connection, run, store.run(run).spec, name)
            connection.execute("UPDATE runs SET deleted = 2000 WHERE id = ?", (run,))
    prune(store, 5000.0)
    assert theirs.read_text() == "x\n"
    assert elsewhere.exists()
    assert (copies / "a.csv").is_symlink()


def test_the_command_shows_first_and_removes_when_told(folder: Path, store: Store) -> None:
    lost = put_run(store, "train", "lost", 1000.0)

    def prune_command(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "penguin_tui", "prune", *arguments],
            capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
            env=os.environ | {"PENGUIN_TUI_HOME": str(folder)},
        )  # fmt: skip
        return done.stdout

    assert "Nothing was removed" in prune_command()
    assert store.checkpoints(lost)
    assert "checkpoints" in prune_command("--yes")
    assert not store.checkpoints(lost)
    assert "nothing to remove" in prune_command()
