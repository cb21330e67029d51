"""The tabs of a run show their part."""

from penguin_tui.app.workbench import Workbench
from tests.support.screen.run_view import open_from_runs
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import until
from tests.support.stored.runs import Stored, train_events


async def test_every_tab_shows_its_part(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_from_runs(pilot, run, "finished")
        for key, words in (
            ("L", "epoch loss acc val loss val acc rate seconds"),
            ("S", "set rows majority accuracy, 95 % over rows macro F1 log loss"),
            ("M", "Confusion matrix, validation set"),
            ("E", "171 test Chinstrap Adelie 81.0 %"),
            ("N", "hidden_2 100 10,100"),
            ("C", "Accuracy"),
        ):
            await pilot.press(key)
            await until(pilot, lambda words=words: words in flat(workbench))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "val acc" in seen(workbench))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "Loss" in seen(workbench))


async def test_the_summary_shows_the_effective_configuration(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20, "learning_rate": 0.2}, train_events(20, 20))
    async with workbench.run_test(size=(140, 60)) as pilot:
        await open_from_runs(pilot, run, "finished")
        await pilot.press("S")
        await until(pilot, lambda: "Effective configuration" in seen(workbench))
        assert "206 training, 69 validation, 69 test" in seen(workbench)
        assert "steps per epoch 13" in flat(workbench)
        assert "learning rate 0.2" in flat(workbench)
        assert "Chinstrap 92.9 % 92.9 % 0.929 14" in flat(workbench)


async def test_the_set_of_the_confusion_matrix_is_switched_and_kept(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_from_runs(pilot, run, "finished")
        await pilot.press("M")
        await until(pilot, lambda: "matrix, validation set" in seen(workbench))
        await pilot.press("space")
        await until(pilot, lambda: "matrix, test set" in seen(workbench))
        assert "evaluated 1 time" in seen(workbench)
        await pilot.press("space")
        await until(pilot, lambda: "matrix, training set" in seen(workbench))
        await pilot.press("S", "M")
        await until(pilot, lambda: "matrix, training set" in seen(workbench))


async def test_the_summary_has_two_columns_where_there_is_room(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(140, 45)) as pilot:
        await open_from_runs(pilot, run, "finished")
        await pilot.press("S")
        await until(pilot, lambda: "Provenance" in seen(workbench))
        [row] = [line for line in seen(workbench).splitlines() if line.strip().startswith("Scores")]
        assert "Effective configuration" in row
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: any(
            line.strip() == "Scores" for line in seen(workbench).splitlines()))  # fmt: skip
