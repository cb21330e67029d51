"""The trials of a Hyperband search: trained rung by rung, or taken from an interrupted search."""

from collections.abc import Sequence

from engine.data.datasets import PreprocessedData
from engine.jobs.rungs.promotions import Promotions
from engine.jobs.rungs.rung_training import RungTask, RungWatch, SearchedRows, train_rung
from engine.jobs.rungs.rung_trial import RungTrial
from engine.keras_adapter.keras_tuner import RequestedTrial
from engine.runs.executor import perform
from engine.runs.reporter import Reporter
from engine.specs.derived_settings import with_settings
from engine.specs.kinds.searches import HyperbandSpec


class HyperbandTrials:
    """The trials of a Hyperband search as Keras Tuner requests them, a rung at a time.

    A trial that was done before the search was interrupted is not trained again, where `resumes`
    says that its networks are still kept.
    """

    def __init__(
        self, spec: HyperbandSpec, prepared: PreprocessedData, reporter: Reporter, *, resumes: bool
    ) -> None:
        self.prepared, self.reporter = prepared, reporter
        self._spec, self._resumes = spec, resumes
        self._watch = RungWatch(reporter, Promotions(spec, reporter))

    @property
    def done(self) -> list[RungTrial]:
        """The trials that have ended, in order of number and without their networks."""
        return [trial for _, trial in sorted(self._watch.done.items())]

    @property
    def finished(self) -> list[RungTrial]:
        """Of these the ones that have a score."""
        return [trial for trial in self.done if trial.status == "finished"]

    @property
    def best(self) -> RungTrial | None:
        """The best of the finished ones, with its network."""
        return self._watch.promotions.best

    def train(self, requested: Sequence[RequestedTrial]) -> list[float]:
        """Train the trials of a rung; the score of each, NaN where it has none.

        Raises `Stopped`.
        """
        self.reporter.check()
        trials = [self._trial(own) for own in requested]
        todo = [trial for trial in trials if not self._restored(trial)]
        network_of = self._watch.promotions.network_of
        tasks = [RungTask(trial, network_of(trial.parent)) for trial in todo]
        shared = SearchedRows(self._spec, self.prepared)
        perform(train_rung, shared, tasks, self._watch, self.reporter)
        self.reporter.check()
        return [self._watch.done[trial.number].score for trial in trials]

    def _trial(self, own: RequestedTrial) -> RungTrial:
        rung = own.rung
        group = f"bracket {rung.bracket}, rung {rung.number}"
        spec = with_settings(self._spec.network, own.settings)
        return RungTrial(
            own.number, own.settings, rung.epochs, group, own.parent, spec=spec, rung=rung
        )

    def _restored(self, trial: RungTrial) -> bool:
        """Whether a trial was done before; it is then taken in as if it had been trained."""
        earlier = self.reporter.resume_state
        before = trial.restored(earlier.state, folds=1) if self._resumes else None
        if before is None:
            return False
        body = earlier.checkpoints.get(trial.number)
        if before.status == "finished" and body is not None:
            before.take_checkpoint(body)
        self._watch.promotions.take_in(before)
        self._watch.done[trial.number] = before.without_network()
        return True
