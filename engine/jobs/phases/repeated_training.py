"""A training that is gone through again: no weights of earlier epochs are kept.

It comes out the same to the bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from engine.data.datasets import PreprocessedData, preprocess
from engine.data.table import Table
from engine.errors import EngineError
from engine.jobs.phases.memory_needed import refuse_too_large
from engine.jobs.phases.read_data import progress_of
from engine.jobs.phases.row_weights import weighted_rows
from engine.runs.reporter import Reporter
from engine.specs.kinds.train import TrainSpec
from engine.specs.run_spec import RunSpec
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.network import fleet_member
from engine.trainer.training import Figures, Training


def required(spec: RunSpec | None) -> TrainSpec:
    """The settings of a training; raises EngineError for anything else."""
    if not isinstance(spec, TrainSpec):
        raise EngineError(
            "Only a training can be gone through epoch by epoch.",
            "Load the settings of this run into Train, and run that.",
        )
    return spec


@dataclass(frozen=True, eq=False)
class RepeatedTraining:
    """A training of a run before its first epoch, with what it is trained on."""

    spec: TrainSpec
    prepared: PreprocessedData
    training: Training
    stopping: EarlyStopping

    @classmethod
    def of(cls, spec: TrainSpec, table: Table, reporter: Reporter) -> Self:
        """Prepare the run's `table` as the run did.

        Raises EngineError where it takes more memory than is free.
        """
        reporter.phase("preparing the data")
        prepared = preprocess(table, spec, reporter.check)
        refuse_too_large(spec, prepared)
        training = fleet_member(spec.network, *prepared.sizes, *weighted_rows(spec, prepared))()
        return cls(spec, prepared, training, EarlyStopping(spec.early_stopping))

    def epochs(self, last: int, reporter: Reporter) -> Iterator[Figures]:
        """Train up to epoch `last`, from 1, or until early stopping ends it.

        Gives the figures of each epoch while `training` stands as it did then. Raises `Stopped`
        when nobody waits any more.
        """
        training, progress = self.training, progress_of(reporter, "training again")
        last = min(last, self.spec.epochs)
        while training.epoch < last and not training.stop_requested:
            progress(training.epoch / last)
            for figures in training.advance():
                self.stopping.on_call_end(training, [figures])
                yield figures

    @property
    def epoch_kept(self) -> int:
        """The epoch, from 1, whose network the run has kept, once all have been gone through."""
        return self.stopping.epoch_kept(self.training)
