"""The curve below the playground's picture."""

from engine.specs.data import DataSpec
from engine.specs.kinds.playground import PlaygroundQuestion
from engine.specs.network import NetworkSpec
from penguin_tui.playground.curve import curve_series
from tests.support.screen.playground_answers import answer_to


def test_as_published_there_is_no_curve_of_a_validation_set() -> None:
    question = PlaygroundQuestion(network=NetworkSpec(), data=DataSpec())
    answer = answer_to(question)
    curve = tuple(point.model_copy(update={"validation": None}) for point in answer.curve)
    found = curve_series(answer.model_copy(update={"curve": curve, "validation": None}))
    assert [(series.short, len(series.xs)) for series in found] == [("train", 20)]
