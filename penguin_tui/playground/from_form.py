"""What the playground begins with: the settings of the Train form, on the chosen data."""

from engine.kinds import make_spec
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.playground import PlaygroundQuestion
from engine.specs.kinds.train import TrainSpec
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.forms.kept_form import beginning


def question_from_form(app: LinkedApp) -> PlaygroundQuestion:
    """The question of these settings; of the defaults where the form does not go with the data."""
    try:
        spec = make_spec("train", beginning(app.forms, "train", app.data_choice, {}))
    except InvalidSpec:
        spec = make_spec("train", {})
    assert isinstance(spec, TrainSpec)
    return PlaygroundQuestion(network=spec.network, data=spec.data_spec)
