"""The questions for what a run's predictions rest on."""

from typing import Annotated

from pydantic import Field

from engine.specs.kinds.about_run import AboutRun


class ExplainQuestion(AboutRun):
    """How much the validation accuracy falls when a column is permuted, `repeats` times each."""

    repeats: Annotated[int, Field(ge=2, le=1000)] = 10
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0


class DependenceQuestion(AboutRun):
    """What a run predicts with other values of the column `name` in its validation rows."""

    name: str
