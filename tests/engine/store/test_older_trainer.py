"""A run that an older trainer began begins anew: two halves by two trainers are no training."""

from pathlib import Path

from engine.environment.provenance import current, differences
from engine.kinds import make_spec
from engine.runs.events import EpochBlock, Phase, TrialStarted
from engine.runs.state import RunState, fold
from engine.store.recovery import resume_ended
from engine.store.rows import set_columns
from engine.store.store import Store
from engine.store.writer import RunWriter, claim, keep_checkpoint
from engine.version import TRAINER

OLDER = {"penguin_tui": "0.6.0", "versions": {}}


def resumed(folder: Path, provenance: dict[str, object]) -> tuple[Store, int]:
    """A training that was interrupted after two epochs, and is taken by an engine again."""
    store = Store.open(folder)
    store.submit(make_spec("train", {}))
    record = claim(store, ["train"], provenance)
    assert record is not None
    figures = (0.5, 0.7, 0.5, 0.7, 0.001, 0.01)
    with store.writing() as connection:
        RunWriter(record).write(
            connection,
            [
                Phase(name="training"),
                TrialStarted(trial=0, settings={}, epochs=9, steady=1.0),
                EpochBlock.of(0, 1, [figures, figures]),
            ],
        )
        keep_checkpoint(connection, record.id, 0, 2, b"state")
        set_columns(connection, record.id, status="lost")
    assert resume_ended(store, record.id)
    assert claim(store, ["train"], current()) is not None
    return store, record.id


def test_it_says_so_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    store, run = resumed(tmp_path, OLDER)
    state = fold(RunState(), store.events(run)[1])
    (warning,) = state.warnings
    assert "trainer of penguin-tui 0.6.0" in warning
    assert "begins anew" in warning
    assert (len(state.curve), state.trials, store.checkpoints(run)) == (0, {}, {})
    assert store.run(run).epochs_run == 0
    assert store.run(run).provenance == current()


def test_one_of_the_same_trainer_goes_on(tmp_path: Path) -> None:
    store, run = resumed(tmp_path, OLDER | {"trainer": current()["trainer"]})
    state = fold(RunState(), store.events(run)[1])
    assert state.warnings == ()
    assert (len(state.curve), store.checkpoints(run)) == (2, {0: b"state"})


def test_what_trains_no_network_knows_no_trainer(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        run = store.submit(make_spec("baseline", {}))
        assert claim(store, ["baseline"], OLDER) is not None
        with store.writing() as connection:
            set_columns(connection, run, status="lost")
        assert resume_ended(store, run)
        assert claim(store, ["baseline"], current()) is not None
        assert fold(RunState(), store.events(run)[1]).warnings == ()


def test_doing_it_again_says_what_is_different() -> None:
    assert f"the trainer was 1, is {TRAINER}" in differences(OLDER, current())
