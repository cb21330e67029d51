"""The confusion matrix of a training after any of its epochs, which is trained again."""

from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.jobs import epoch_confusion
from engine.prediction import opened_run
from engine.results.epoch_confusion import EpochConfusions
from engine.results.scores import TrainResult
from engine.runs.reporter import Reporter, Stopped
from engine.runs.state import RunState, fold
from engine.specs.kinds.epoch_confusion import EpochConfusionQuestion
from engine.store.store import Store
from tests.support.engine.fitted_runs import fitted

EPOCHS = 6


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    folder.chmod(0o700)
    fitted(folder, "train", epochs=EPOCHS, hidden_layers=[16], dropout=0.2)
    opened_run.release()
    return folder


def after(home: Path, epoch: int, reporter: Reporter | None = None) -> EpochConfusions:
    asked = EpochConfusionQuestion(home=str(home), run=1, epoch=epoch)
    return epoch_confusion.run(asked, reporter or Reporter())


def test_the_last_epoch_is_the_run_itself_and_the_others_are_on_the_way(home: Path) -> None:
    found = after(home, 3).epochs
    assert [own.epoch for own in found] == list(range(1, EPOCHS + 1))
    with Store.open(home) as store:
        state = fold(RunState(), store.events(1)[1])
    assert isinstance(state.result, TrainResult)
    confusion = state.result.confusion
    assert (found[-1].train, found[-1].validation) == (confusion.train, confusion.validation)
    # each epoch's validation accuracy is that of its matrix
    for own, accuracy in zip(found, state.curve.column("val_accuracy"), strict=True):
        assert own.validation is not None
        right = sum(row[place] for place, row in enumerate(own.validation))
        assert right / sum(map(sum, own.validation)) == pytest.approx(accuracy, abs=1e-6)


def test_of_many_epochs_those_around_the_one_that_is_wanted_are_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = after(home, 1).epochs
    monkeypatch.setattr("engine.specs.kinds.epoch_confusion.EPOCHS", 3)
    assert after(home, 4).epochs == whole[2:5]


def test_it_ends_when_nobody_waits_any_more(home: Path) -> None:
    reporter = Reporter()
    reporter.request_stop()
    with pytest.raises(Stopped):
        after(home, 2, reporter)


def test_a_baseline_has_no_epochs(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    fitted(tmp_path)
    with pytest.raises(EngineError, match="Only a training"):
        after(tmp_path, 1)
