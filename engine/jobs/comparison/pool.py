"""The rows of one repeat: all but the test set, with a seed of their own for what is drawn."""

from engine.data.datasets import PreprocessedData
from engine.data.splits.folds import StrictPool
from engine.runs.reporter import Reporter
from engine.specs.compared_models import ComparedModels
from engine.trainer.seeds import FOLDS, derived_seed


def strict_pool(
    spec: ComparedModels, prepared: PreprocessedData, repeat: int, reporter: Reporter
) -> StrictPool:
    """The pool of repeat `repeat`, from 0."""
    return StrictPool(
        prepared.table,
        spec.data_spec,
        derived_seed(spec.split_seed, FOLDS, repeat),
        early_stopping=spec.early_stopping is not None,
        check=reporter.check,
    )
