"""The confusion matrix of each set, however many classes there are."""

from textual.app import App, ComposeResult

from engine.results.scores import ConfusionMatrix as Counts
from penguin_tui.run.confusion_matrix import ConfusionMatrix
from tests.support.screen.text import seen


def counts(classes: int) -> Counts:
    labels = tuple(f"class {i}" for i in range(classes))
    train = tuple(
        tuple(30 if i == j else int(j == 0) for j in range(classes)) for i in range(classes)
    )
    test = tuple(
        tuple(9 if i == j else int(j == 0) for j in range(classes)) for i in range(classes)
    )
    return Counts(labels=labels, train=train, validation=None, test=test)


class MatrixApp(App[None]):
    def compose(self) -> ComposeResult:
        yield ConfusionMatrix()


async def test_the_matrix_shows_counts_and_shares_of_each_part() -> None:
    app = MatrixApp()
    async with app.run_test(size=(80, 24)) as pilot:
        found = app.query_one(ConfusionMatrix)
        assert "no result yet" in seen(app)
        found.show_counts(counts(3), "test", "evaluated 2 times")
        await pilot.pause()
        text = seen(app)
        assert "Confusion matrix, test set  29 rows, evaluated 2 times" in text
        assert text.count("9  90 %") == 2
        assert "1  10 %" in text
        found.focus()
        await pilot.press("space")
        assert "training set  92 rows" in seen(app)
        assert "scored" not in seen(app)
        await pilot.press("space")
        assert found.shown_set == "test"


async def test_a_missing_part_is_passed_over_and_names_cannot_act() -> None:
    app = MatrixApp()
    async with app.run_test(size=(80, 24)) as pilot:
        found = app.query_one(ConfusionMatrix)
        matrix = counts(2).model_copy(update={"labels": ("[red]a\x1b", "b")})
        found.show_counts(matrix, "validation")
        await pilot.pause()
        assert found.shown_set == "test"
        assert "[red]a␛" in seen(app)


async def test_many_classes_scroll_under_a_head_that_stays() -> None:
    app = MatrixApp()
    async with app.run_test(size=(80, 24)) as pilot:
        found = app.query_one(ConfusionMatrix)
        found.show_counts(counts(200), "train")
        found.focus()
        await pilot.pause()
        assert "class 199" not in seen(app)
        found.scroll_to(x=100_000, y=100_000, animate=False)
        await pilot.pause()
        text = seen(app)
        assert text.count("class 199") == 2
        assert "predicted →" in text
        assert "30  97 %      31" in text
