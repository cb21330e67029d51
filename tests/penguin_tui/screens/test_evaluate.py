"""The Evaluate screen: its cost, a table that grows, the luck; and the key that fills its form."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.kinds import make_spec
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.baseline import BaselineScreen
from penguin_tui.screens.evaluate import EvaluateScreen
from penguin_tui.screens.train import TrainScreen
from tests.support.screen.form_and_run import SIZES, form_screen, open_run, report, submitted
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.evaluations import EVALUATION, evaluation_events
from tests.support.stored.runs import NOW, Stored, train_events
from tests.support.stored.searches import RANDOM, search_events


def evaluating(pilot: Pilot[None]) -> EvaluateScreen | None:
    screen = pilot.app.screen
    return screen if isinstance(screen, EvaluateScreen) else None


async def test_rows_appear_as_models_finish_and_luck_has_its_own_tab(
    workbench: Workbench,
) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        screen = await form_screen(pilot, EvaluateScreen)
        screen.form.load(screen.form.fields | EVALUATION)
        record = await submitted(pilot)
        assert record.spec == make_spec("evaluate", EVALUATION)
        report(workbench.home, record.id, evaluation_events(1, ended=False), "running", NOW - 60)
        await until(pilot, lambda: "Accuracy over 5 folds" in flat(workbench))
        report(workbench.home, record.id, evaluation_events()[9:], None, NOW - 60)
        await until(pilot, lambda: "Accuracy over 20 folds" in flat(workbench))
        assert "logistic regression" in seen(workbench)
        assert "equivalent: within 1 pp (percentage points)" in flat(workbench)
        await pilot.press("K")
        await until(pilot, lambda: "percentile of what this configuration gives" in flat(workbench))
        assert "← your split" in seen(workbench)


@pytest.mark.parametrize("screen", [TrainScreen, BaselineScreen])
async def test_a_form_is_evaluated_without_a_run_of_its_own(
    workbench: Workbench, screen: type[TrainScreen] | type[BaselineScreen]
) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        form = (await form_screen(pilot, screen)).form
        own = {"epochs": 7} if screen is TrainScreen else {"inverse_regularization": 0.5}
        form.load(form.fields | own)
        await pilot.press("percent_sign")
        await until(pilot, lambda: evaluating(pilot) is not None)
        found = evaluating(pilot)
        assert found is not None
        assert found.form.fields.items() >= own.items()
        models = ["network", "logistic", "majority"] if screen is TrainScreen else None
        assert found.form.fields["models"] == (models or ["logistic", "majority"])


@pytest.mark.parametrize(
    ("kind", "fields", "events", "expected"),
    [
        ("train", {"epochs": 20}, lambda: train_events(20, 20), {"epochs": 20}),
        ("random_search", RANDOM, search_events, {"protocol": "strict"}),
    ],
)
async def test_a_finished_run_is_evaluated_with_its_best_settings(
    workbench: Workbench,
    stored: Stored,
    kind: str,
    fields: dict[str, object],
    events: Callable[[], list[object]],
    expected: dict[str, object],
) -> None:
    run = stored(kind, fields, events())
    async with workbench.run_test(size=(100, 30)) as pilot:
        await open_run(pilot, run, "finished")
        await pilot.press("percent_sign")
        await until(pilot, lambda: evaluating(pilot) is not None)
        found = evaluating(pilot)
        assert found is not None
        assert found.form.fields.items() >= expected.items()


async def test_the_form_says_what_is_compared_and_how_long_it_takes(
    workbench: Workbench, stored: Stored
) -> None:
    stored("evaluate", EVALUATION, evaluation_events())
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, EvaluateScreen)
        await until(pilot, lambda: "71 fits" in seen(workbench))
        await until(pilot, lambda: "about" in seen(workbench))
        screen.form.load(screen.form.fields | {"models": ["network", "svm"]})
        await until(pilot, lambda: "Not measured yet: SVM." in seen(workbench))
        screen.form.load(screen.form.fields | {"models": ["magic"]})
        await until(pilot, lambda: "'magic' is invalid" in seen(workbench))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["empty", "live", "finished", "luck"])
def test_looks(
    snap_compare: Callable[..., bool], workbench: Workbench, size: tuple[int, int], state: str
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        screen = await form_screen(pilot, EvaluateScreen)
        if state != "empty":
            screen.form.load(screen.form.fields | EVALUATION)
            run = (await submitted(pilot)).id
            live = evaluation_events(2, ended=False)
            report(workbench.home, run, live, "running", NOW - 60)
            await until(pilot, lambda: "Accuracy over 10 folds" in flat(workbench))
        if state in ("finished", "luck"):
            report(workbench.home, run, evaluation_events()[len(live) :], None, NOW - 60)
            await until(pilot, lambda: "Accuracy over 20 folds" in flat(workbench))
        if state == "luck":
            await pilot.press("K")
            await until(pilot, lambda: "your split" in flat(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
