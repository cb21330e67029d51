"""The confusion matrix of a training after any of its epochs."""

from engine.data.datasets import Dataset
from engine.data.score_functions import confusion_counts
from engine.jobs.phases.read_data import progress_of
from engine.jobs.phases.repeated_training import RepeatedTraining, required
from engine.prediction.opened_run import opened
from engine.results.epoch_confusion import EpochConfusion, EpochConfusions
from engine.results.scores import Matrix
from engine.runs.reporter import Reporter
from engine.specs.kinds.epoch_confusion import EpochConfusionQuestion
from engine.trainer.batching import Rows
from engine.trainer.prediction import predict


def run(question: EpochConfusionQuestion, reporter: Reporter) -> EpochConfusions:
    """Train again up to the epochs that are asked for; the test rows are not looked at."""
    known = opened(question, progress_of(reporter))
    classes = len(known.fitted.classes)
    window = question.window(classes)
    again = RepeatedTraining.of(required(known.fitted.record.spec), known.own.table, reporter)
    training, validation = again.training, again.prepared.validation

    def matrix(own: Dataset) -> Matrix:
        said = predict(training.config, training.parameters, Rows.of(own.x, own.y))
        return confusion_counts(own.y, said, classes)

    return EpochConfusions(
        epochs=tuple(
            EpochConfusion(
                epoch=training.epoch,
                train=matrix(again.prepared.train),
                validation=None if validation is None else matrix(validation),
            )
            for _ in again.epochs(window[-1], reporter)
            if training.epoch in window
        )
    )
