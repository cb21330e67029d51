"""A setting of the playground into another screen's form; made-up rows become a file for it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.client import queries as asked
from engine.kinds import make_spec
from engine.results.playground import ToyFile
from engine.specs.base import Frozen
from engine.specs.kinds.playground import PlaygroundQuestion, ToyFileQuestion
from engine.specs.kinds.train import TrainSpec
from engine.specs.run_spec import RunSpec
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.messages import LoadSettings

if TYPE_CHECKING:
    from engine.store.store import Store


def load_into_form(
    screen: WorkScreen,
    question: PlaygroundQuestion,
    made_from: Callable[[TrainSpec], RunSpec | None],
) -> None:
    """Send what is made of the training with these settings to its form.

    `screen` says what of them the form does not have.
    """

    def load(data: dict[str, Any]) -> None:
        spec = make_spec("train", {**question.network.model_dump(mode="json"), **data})
        assert isinstance(spec, TrainSpec)
        if (found := made_from(spec)) is not None:
            screen.post_message(LoadSettings(found))

    toy = question.toy
    if toy is None:
        if question.noise or question.rows_used:
            screen.notify(
                "Noise and rows used are the playground's alone: the form has neither.",
                severity="warning",
            )
        load(question.data.model_dump(mode="json"))
        return

    def write(store: "Store") -> Frozen:
        wanted = ToyFileQuestion(home=str(store.home), toy=toy, noise=question.noise)
        return asked.answer(store, "toy_file", wanted, "playground: file")

    def written(file: Frozen) -> None:
        assert isinstance(file, ToyFile)
        load({"data": file.path, "target": file.target})

    screen.workbench.engine_call(write, written)
