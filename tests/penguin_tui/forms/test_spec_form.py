"""A form on the screen: what unfolds, what is told, what is reached."""

from engine.kinds import make_spec
from engine.specs.kinds.train import TrainSpec
from engine.specs.presets import TRAIN_PRESETS
from penguin_tui.forms.form_fields import FormFields
from tests.support.screen.form_app import FormApp, labels_of, type_into
from tests.support.screen.text import seen
from tests.support.screen.waiting import until


async def test_an_error_stands_beside_the_field_while_one_types() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_into(pilot, app, "hidden_layers", "100, x")
        assert "'x' is invalid" in seen(app)
        assert app.told[-1].reading.spec is None
        assert list(app.told[-1].reading.problems) == ["hidden_layers"]
        await pilot.press("backspace", "5")
        assert "is invalid" not in seen(app)
        spec = app.told[-1].reading.spec
        assert isinstance(spec, TrainSpec)
        assert spec.hidden_layers == (100, 5)


async def test_an_unusual_value_is_taken_with_a_warning() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_into(pilot, app, "learning_rate", "5")
        assert "! 5 is unusually high (typical ≤ 0.1)" in seen(app)
        assert isinstance(app.form.reading.spec, TrainSpec)


async def test_a_schedule_unfolds_its_settings() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        assert "Every" not in seen(app)
        app.form.enter("schedule")
        await pilot.press("right")
        await pilot.pause()
        assert "step_decay" in seen(app)
        assert "└ Every" in seen(app)
        await type_into(pilot, app, "schedule.step_decay.every", "4")
        assert app.form.fields["schedule"] == {"name": "step_decay", "factor": 0.5, "every": 4}
        app.form.enter("schedule")
        await pilot.press("left")
        await pilot.pause()
        assert "└ Every" not in seen(app)
        assert app.form.fields["schedule"] == {"name": "constant"}


async def test_early_stopping_unfolds_and_folds() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 40)) as pilot:
        app.form.enter("early_stopping")
        await pilot.press("right")
        await pilot.pause()
        assert "└ Patience" in seen(app)
        assert app.form.fields["early_stopping"]["patience"] == 3
        await pilot.press("right")
        await pilot.pause()
        assert app.form.fields["early_stopping"] is None


async def test_the_help_of_the_field_names_bounds_and_unit() -> None:
    app = FormApp()
    async with app.run_test(size=(100, 24)) as pilot:
        app.form.enter("batch_size")
        await pilot.pause()
        assert "batch_size: Rows in one optimizer step." in seen(app)
        assert "from 1 to 65,536" in seen(app)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert "⏎ edits a field" in seen(app)


async def test_what_has_no_effect_is_dimmed() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        fields = app.query_one(FormFields)

        def look(label: str) -> object:
            y = next(y for y in range(40) if label in fields.render_line(y).text)
            line = fields.render_line(y)
            return next(s.style.color for s in line if label in s.text and s.style)

        # Adam has no momentum
        assert look("Momentum") != look("Learning rate")
        app.form.load({"optimizer": "sgd"})
        await pilot.pause()
        assert look("Momentum") == look("Learning rate")


async def test_a_rare_setting_that_is_set_is_never_folded_away() -> None:
    app = FormApp(fields={"delimiter": ";"})
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Delimiter" in labels_of(app))
        assert "Encoding" not in labels_of(app)


async def test_the_last_field_is_reached_at_80x24() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("up")
        await pilot.pause()
        assert "missing_categories:" in seen(app)
        assert "‹ separate_category ›" in seen(app)
        await pilot.press(*["up"] * 40)
        await pilot.pause()
        assert "100, 100" in seen(app)


async def test_two_columns_at_140_one_at_80() -> None:
    for width, together in ((140, True), (80, False)):
        app = FormApp()
        async with app.run_test(size=(width, 45)) as pilot:
            await pilot.pause()
            line = next(line for line in seen(app).splitlines() if "Hidden layers" in line)
            first = seen(app).splitlines()[:2]
            assert ("Data" in " ".join(first)) is together, line


async def test_loading_fills_every_field_and_tells_once() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.told.clear()
        app.form.load(TRAIN_PRESETS["step-decay"])
        await pilot.pause()
        assert len(app.told) == 1
        assert "step_decay" in seen(app)
        assert app.told[0].reading.spec == make_spec("train", TRAIN_PRESETS["step-decay"])


async def test_markup_in_a_value_is_shown_as_it_is() -> None:
    app = FormApp(fields={"target": "[red]x[/red]"})
    async with app.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        assert "[red]x[/red]" in seen(app)
