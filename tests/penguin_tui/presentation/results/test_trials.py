"""What is told of a trial beside its rank."""

from engine.runs.events import TrialEnded, TrialStarted
from engine.runs.state import RunState, fold
from penguin_tui.presentation.blocks import plain
from penguin_tui.presentation.results.trials import Ranked, ranked_trials, trial_details
from tests.support.stored.runs import NOW
from tests.support.stored.searches import candidate


def texts(item: Ranked) -> list[str]:
    return [plain(line) for line in trial_details(item)]


def test_a_setting_that_did_not_take_effect_is_reported() -> None:
    own = candidate(0)
    events = [
        TrialStarted(at=NOW, trial=0, settings=own, epochs=10),
        TrialEnded(
            at=NOW, trial=0, status="finished", scores={"validation": (0.9, 0.9)},
            effective_settings=own | {"learning_rate": 0.001}, epochs=20,
        ),
    ]  # fmt: skip
    [item] = ranked_trials(fold(RunState(), events))
    assert "! effective settings differ: learning rate 0.001" in texts(item)
    # a rate is held with 32 bits: that is no difference
    used = own | {"learning_rate": own["learning_rate"] * (1 + 1e-8)}
    events[1] = events[1].model_copy(update={"effective_settings": used})
    [item] = ranked_trials(fold(RunState(), events))
    assert not any("!" in line for line in texts(item))
    # nor is early stopping, which was asked for
    used = own | {"epochs": 4, "epochs_at_most": 10}
    events[0] = events[0].model_copy(update={"settings": own | {"epochs": 10}})
    events[1] = events[1].model_copy(update={"effective_settings": used})
    [item] = ranked_trials(fold(RunState(), events))
    assert not any("!" in line for line in texts(item))
    assert "stopped early, after 4 of 10 epochs" in texts(item)
