"""A training watched epoch by epoch, which it is repeated for."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data.datasets import PreprocessedData
from engine.data.kept_cells import kept_cells
from engine.environment.memory import refuse_beyond_free, release_when_short
from engine.errors import EngineError
from engine.jobs.phases.read_data import progress_of
from engine.jobs.phases.repeated_training import RepeatedTraining, required
from engine.jobs.play.networks import Trained, network_of
from engine.jobs.play.play_rows import Labels, Numbers, PlayRows
from engine.jobs.playground import look
from engine.planning.chosen_training import training_of
from engine.prediction.network import Network
from engine.prediction.own_rows import OwnRows
from engine.prediction.typed_row import TypedRows
from engine.results.playground import PlaygroundAnswer
from engine.runs.reporter import Reporter
from engine.runs.state import RunState, fold
from engine.specs.kinds.playground import FilmQuestion, PlaneView
from engine.specs.network import count_parameters
from engine.store.store import Store
from engine.trainer.training import Figures, Training

# of all frames; of a longer or larger training every second, third … epoch is kept
FRAMES_BYTES = 256 * 2**20


@dataclass(frozen=True, eq=False)
class Film:
    """A training's rows, its figures, and its network after the epochs that are kept."""

    key: FilmQuestion
    rows: PlayRows
    curve: tuple[Figures, ...]
    frames: dict[int, Network]
    epoch_kept: int

    @classmethod
    def of(cls, question: FilmQuestion, reporter: Reporter) -> "Film":
        """Train the run again; raises EngineError where it is no training or its data are gone."""
        with Store.open(Path(question.home)) as store:
            record = store.run(question.run)
            state = fold(RunState(), store.events(record.id)[1])
            spec = required(training_of(record.spec, state, question.settings))
            own = OwnRows.load(store, record, progress_of(reporter), kept_cells)
        # one that was stopped has fewer than it was to have
        done = state.curve.last_epoch if spec == record.spec else 0
        again = RepeatedTraining.of(spec, own.table, reporter)
        rows, last = _rows(again.prepared), done or again.spec.epochs
        size = 4 * count_parameters(again.spec.hidden_layers, *again.prepared.sizes)
        every = max(1, -(-size * last // FRAMES_BYTES))
        refuse_beyond_free(
            size * last / every, "the networks of its epochs", "End other runs, and try again."
        )
        training, curve, frames = again.training, [], {}
        for figures in again.epochs(last, reporter):
            curve.append(figures)
            if training.epoch == 1 or training.epoch % every == 0:
                frames[training.epoch] = _network(training)
        frames[training.epoch] = _network(training)
        return cls(_key(question), rows, tuple(curve), frames, again.epoch_kept)

    def at(self, epoch: int) -> tuple[int, Network]:
        """The network after the kept epoch that is nearest to `epoch`."""
        nearest = min(self.frames, key=lambda known: abs(known - epoch))
        return nearest, self.frames[nearest]


def _network(training: Training) -> Network:
    return network_of(training.config, training.unpadded(training.parameters))


def _rows(prepared: PreprocessedData) -> PlayRows:
    """The training and validation rows, all of them; as published there is no validation set."""
    sets = [prepared.train] + ([prepared.validation] if prepared.validation is not None else [])
    features = len(prepared.feature_names)
    refuse_beyond_free(
        12.0 * sum(len(own.y) for own in sets) * features, "the rows of the training",
        prepared.preprocessor.fewer_features,
    )  # fmt: skip
    parts: list[tuple[Numbers, Labels]] = [(np.asarray(own.x), own.y) for own in sets]
    parts += [(np.zeros((0, features), np.float32), np.zeros(0, np.int32))] * (2 - len(parts))
    table = prepared.table
    places = np.searchsorted(table.rows, np.concatenate([own.rows for own in sets]))
    return PlayRows.of(
        f"film of {prepared.test_set_id}",
        prepared.preprocessor,
        table.frame.iloc[places].reset_index(drop=True),
        (parts[0], parts[1]),
        lambda frame, training: TypedRows(
            prepared.preprocessor, frame, training, table.file.facts.style
        ),
        weights=None,
    )


_last: Film | None = None


def release() -> None:
    """Let go of the training that was watched last."""
    global _last
    _last = None


release_when_short(release)


def _key(question: FilmQuestion) -> FilmQuestion:
    """The question for the training, whatever is looked at of it."""
    return question.model_copy(update={"epoch": 0, "view": PlaneView()})


def run(question: FilmQuestion, reporter: Reporter) -> PlaygroundAnswer:
    """The training after an epoch; the first question about it trains it again."""
    global _last
    film = _last
    if film is None or film.key != _key(question):
        film = _last = Film.of(question, reporter)
    epoch, network = film.at(question.epoch or film.epoch_kept)
    if not all(np.isfinite(layer.kernel).all() for layer in network.layers):
        raise EngineError(f"The training had diverged by epoch {epoch}.", "Go to an earlier one.")
    trained = Trained((network,), (film.curve,), film.rows.train_rows, 0, by_votes=False)
    found = look(question.view, film.rows, trained)
    return found.model_copy(
        update={"epoch": epoch, "epochs": len(film.curve), "epoch_kept": film.epoch_kept}
    )
