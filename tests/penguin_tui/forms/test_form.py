"""The form of a spec: every setting shown, checked as one types, and read back exactly."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from engine.kinds import KINDS, make_spec
from engine.specs.fields import settings_of
from engine.specs.kinds.train import TrainSpec
from engine.specs.parsing import to_fields
from engine.specs.presets import TRAIN_PRESETS
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.form import entries, filled, sections
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.forms.text_editor import TextLine
from penguin_tui.screens.train import TrainScreen
from tests.support.screen.form_and_run import form_screen
from tests.support.screen.text import seen
from tests.support.screen.waiting import at_rest, until


class FormApp(App[None]):
    """A form and nothing else; remembers what it was told."""

    def __init__(self, kind: str = "train", fields: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.form = SpecForm(kind, fields or {})
        self.told: list[SpecForm.FormChanged] = []

    def compose(self) -> ComposeResult:
        yield self.form

    def on_spec_form_form_changed(self, message: SpecForm.FormChanged) -> None:
        self.told.append(message)


async def type_into(pilot: Pilot[None], app: FormApp, entry: str, text: str) -> None:
    """Go to a field and type over what is in it."""
    app.form.enter(entry)
    await pilot.pause()
    for character in text:
        await pilot.press("space" if character == " " else character)
    await pilot.pause()


# -- without a screen ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["describe", "baseline", "train"])
def test_a_form_holds_every_declared_setting_once(kind: str) -> None:
    shown = [e.id for s in sections(kind) for e in s.entries if not e.parent]
    assert sorted(shown) == sorted(setting.name for setting in settings_of(KINDS[kind].spec))


@pytest.mark.parametrize("name", list(TRAIN_PRESETS))
def test_a_preset_comes_back_as_it_went_in(name: str) -> None:
    spec = make_spec("train", TRAIN_PRESETS[name])
    assert filled("train", to_fields(spec)).read().spec == spec
    assert filled("train", TRAIN_PRESETS[name]).read().spec == spec


@given(
    st.floats(min_value=1e-300, max_value=10),
    st.lists(st.text(min_size=1, max_size=12), max_size=4, unique=True),
    st.text(min_size=1, max_size=20),
)
def test_loaded_settings_are_kept_to_the_last_digit_and_character(
    rate: float, names: list[str], target: str
) -> None:
    names = [name for name in names if name != target and name.isprintable()]
    fields = {"learning_rate": rate, "exclude": names, "target": target}
    spec = make_spec("train", fields)
    sheet = filled("train", to_fields(spec))
    assert sheet.read().spec == spec
    # what was typed elsewhere does not touch them
    again = sheet.typed("epochs", "7").read().spec
    assert isinstance(again, TrainSpec)
    assert (again.learning_rate, again.exclude, again.target) == (rate, tuple(names), target)


def test_names_with_commas_can_be_typed_and_are_shown_so_that_they_can_be() -> None:
    sheet = filled("train", {"exclude": ["a, b", "c"]})
    assert sheet.texts["exclude"] == '["a, b", "c"]'
    spec = sheet.typed("exclude", '["a, b", "d"]').read().spec
    assert spec is not None
    assert spec.exclude == ("a, b", "d")


def test_a_rule_over_two_settings_is_told_at_one_of_them() -> None:
    reading = filled("train", {}).typed("dropout", "0.1, 0.2, 0.3").read()
    assert list(reading.problems) == ["dropout"]
    assert reading.problems["dropout"].startswith("3 values for 2 hidden layers")
    reading = filled("train", {}).typed("validation_fraction", "0.9").read()
    assert list(reading.problems) == ["validation_fraction"]


def test_two_schedules_have_a_factor_each() -> None:
    sheet = filled("train", {"schedule": {"name": "step_decay", "factor": 0.7, "every": 2}})
    assert sheet.texts["schedule.step_decay.factor"] == "0.7"
    assert sheet.texts["schedule.exponential.factor"] == "0.96"
    reading = sheet.typed("schedule", "exponential").read()
    assert reading.fields["schedule"] == {
        "name": "exponential", "factor": 0.96, "decay_steps": 100, "staircase": False,
    }  # fmt: skip
    reading = sheet.typed("schedule.step_decay.factor", "7").read()
    assert list(reading.problems) == ["schedule.step_decay.factor"]


def test_settings_of_a_variant_that_is_not_chosen_are_not_checked() -> None:
    sheet = filled("train", {}).typed("schedule.step_decay.factor", "nonsense")
    assert sheet.read().spec is not None


def test_a_sweeps_form_takes_what_varies_beside_its_fields() -> None:
    sheet = filled("sweep", {"epochs": 5})
    assert sections("sweep")[0].title == "Sweep"
    assert sheet.read().others == (str(sheet.read().others[0]),)
    spec = sheet.with_extra("vary", {"units": {"values": [10, 20]}}).read().spec
    assert spec is not None
    assert to_fields(spec)["vary"]["units"] == {"values": [10, 20]}


def test_entries_know_their_options_and_their_help() -> None:
    found = entries("train")
    assert found["early_stopping"].options == ("none", "on")
    assert found["early_stopping.on.restore_best"].options == ("yes", "no")
    assert "Allowed: a whole number from 1 to 100,000." in found["epochs"].help("10")
    assert found["schedule.step_decay.every"].help("3").startswith("schedule.every:")


@pytest.mark.parametrize(
    ("setting", "choice", "about"),
    [
        ("activation", "gelu", "gelu: x Φ(x)"),
        ("initializer", "he_normal", "he_normal: truncated normal"),
        ("optimizer", "sgd", "sgd: plain gradient steps"),
    ],
)
def test_the_help_of_a_choice_says_what_the_chosen_one_is(
    setting: str, choice: str, about: str
) -> None:
    assert about in entries("train")[setting].help(choice)


def test_typing_replaces_a_text_one_has_just_come_to() -> None:
    line = TextLine.entered("100, 100")
    assert line.typed("5").text == "5"
    assert line.edited("backspace").text == ""
    assert line.edited("end").typed("!").text == "100, 100!"
    assert line.edited("left").typed("2").text == "100, 1020"
    assert line.edited("home").edited("delete").text == "00, 100"
    assert line.edited("end").edited("ctrl+w").text == "100, "
    assert line.edited("left").edited("ctrl+u").text == "0"
    assert line.typed("a\x1b[31m\u202eb").text == "a[31mb"


def test_a_long_text_is_shown_around_its_cursor() -> None:
    line = TextLine.entered("0123456789").edited("end")
    assert line.window(5) == ("6789 ", 4)
    assert line.edited("home").window(5) == ("01234", 0)


@pytest.mark.parametrize(
    ("fields", "entry", "words"),
    [
        ({"momentum": 0.9}, "momentum", "adam ignores it"),
        ({"momentum": 0.9, "optimizer": "sgd"}, "momentum", ""),
        ({"weight_decay": 0.1}, "weight_decay", "adamw uses it"),
        ({"weight_decay": 0.1, "optimizer": "adamw"}, "weight_decay", ""),
        ({"hidden_layers": [], "dropout": 0.5}, "dropout", "no hidden layer"),
        ({"hidden_layers": [], "dropout_after": "last"}, "dropout_after", "no hidden layer"),
        (
            {"epochs": 5, "schedule": {"name": "step_decay", "every": 5}},
            "schedule.step_decay.every",
            "never reached",
        ),
        (
            {"early_stopping": {"min_delta": 1.0, "monitor": "val_accuracy"}},
            "early_stopping.on.min_delta",
            "no accuracy improves by so much",
        ),
        (
            {"early_stopping": {"min_delta": 1.0, "monitor": "loss"}},
            "early_stopping.on.min_delta",
            "",
        ),
        (
            {"epochs": 5, "early_stopping": {"patience": 5}},
            "early_stopping.on.patience",
            "never reached",
        ),
        ({"protocol": "as_published"}, "protocol", "not comparable"),
        ({"protocol": "as_published", "scaling": "none"}, "scaling", "ignored under as_published"),
        ({"scaling": "none"}, "scaling", ""),
    ],
)
def test_a_setting_without_effect_is_told(fields: dict[str, Any], entry: str, words: str) -> None:
    reading = filled("train", fields).read()
    assert reading.spec is not None
    warning = reading.warnings.get(entry, "")
    assert words in warning
    assert bool(words) == bool(warning)


# -- on the screen ---------------------------------------------------------------------------------


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


async def test_letters_are_text_in_a_field_and_commands_outside() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_into(pilot, app, "target", "a")
        assert app.form.text("target") == "a"
        await pilot.press("enter", "escape", "a")
        await until(pilot, lambda: "Column types" in _all(app))
        assert app.form.text("target") == "a"
        await pilot.press("a")
        await until(pilot, lambda: "Column types" not in _all(app))


async def test_a_field_reached_by_arrow_keeps_its_value_and_escape_restores_it() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down")
        await pilot.press("5", "x", "space", "end", "ctrl+u")
        assert app.form.text("hidden_layers") == "100, 100"
        await pilot.press("enter", "7", "0")
        assert app.form.fields["hidden_layers"] == [70]
        await pilot.press("escape")
        assert app.form.text("hidden_layers") == "100, 100"
        # still on the field, and letters are commands again
        await pilot.press("9")
        assert app.form.text("hidden_layers") == "100, 100"


async def test_going_on_by_arrow_or_tab_keeps_what_was_typed() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.enter("epochs")
        await pilot.press("8", "down")
        app.form.enter("batch_size")
        await pilot.press("9", "tab", "4")
        assert (app.form.text("epochs"), app.form.text("batch_size")) == ("8", "9")
        assert app.form.text("seed") == "0"


async def test_a_changed_field_is_marked_and_reset_by_one_key() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_into(pilot, app, "epochs", "9")
        await pilot.press("enter", "up")
        assert "•Epochs" in seen(app)
        await pilot.press("backspace")
        await pilot.pause()
        assert app.form.text("epochs") == "20"
        assert "•" not in seen(app)


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


@pytest.mark.parametrize(
    ("entry", "text", "value"),
    [
        ("epochs", "1,000", 1000), ("epochs", "1e3", 1000), ("epochs", "1.5e3", 1500),
        ("learning_rate", "1e-3", 0.001), ("batch_size", "1,024", 1024),
    ],
)  # fmt: skip
def test_one_number_may_have_commas_or_an_exponent(entry: str, text: str, value: float) -> None:
    reading = filled("train", {}).typed(entry, text).read()
    assert reading.problems == {}
    assert reading.fields[entry] == value


@pytest.mark.parametrize("text", ["1,00", "1e-3", "1,0000", "20.0", "1_000", "1,000,5"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert "epochs" in filled("train", {}).typed("epochs", text).read().problems


async def test_a_choice_of_many_is_taken_from_a_list(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.form.enter("optimizer")
        await pilot.press("enter", *"rms", "enter")
        await until(pilot, lambda: screen.form.text("optimizer") == "rmsprop")
        # of two, enter takes the other one
        screen.form.enter("early_stopping")
        await pilot.press("enter")
        await until(pilot, lambda: screen.form.text("early_stopping") == "on")


async def test_all_lines_of_a_paste_go_into_the_field() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.enter("hidden_layers")
        app.post_message(events.Paste("32,\n16\n"))
        await until(pilot, lambda: app.form.fields["hidden_layers"] == [32, 16])
        # one that holds one number says that it cannot
        app.form.enter("epochs")
        app.post_message(events.Paste("20\n30"))
        await until(pilot, lambda: "'20, 30' is invalid" in seen(app))


async def test_a_paste_outside_of_a_field_does_nothing(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        before = seen(workbench)
        workbench.post_message(events.Paste("r3q\n"))
        await at_rest(pilot)
        assert (workbench.screen, seen(workbench)) == (screen, before)


def _all(app: FormApp) -> str:
    """The labels of all fields that have a place, scrolled to or not."""
    return "\n".join(entry.label for entry in app.query_one(FormFields).entries)


async def test_a_rare_setting_that_is_set_is_never_folded_away() -> None:
    app = FormApp(fields={"delimiter": ";"})
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Delimiter" in _all(app))
        assert "Encoding" not in _all(app)


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


async def test_enter_edits_and_keeps_and_a_click_goes_into_a_field() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.enter("epochs")
        await pilot.press("7", "enter", "enter", "8")
        await pilot.pause()
        assert (app.form.text("epochs"), app.form.text("batch_size")) == ("7", "8")
        lines = seen(app).splitlines()
        row = next(y for y, line in enumerate(lines) if "Activation" in line)
        await pilot.click(offset=(40, row))
        assert app.form.text("activation") == "relu"
        await pilot.click(offset=(40, row))
        await pilot.pause()
        assert app.form.text("activation") == "leaky_relu"


async def test_no_letter_is_lost_when_one_types_faster_than_the_form_checks() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.enter("target")
        await pilot.pause()
        fields = app.query_one(FormFields)
        for character in "abcdefghij":
            fields.post_message(events.Key(character, character))
        await until(pilot, lambda: app.form.text("target") == "abcdefghij")


async def test_pasted_text_goes_in_on_one_line_without_what_a_terminal_obeys() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.enter("target")
        await pilot.pause()
        app.query_one(FormFields).post_message(events.Paste("spe\x1b[31mcies\nrm -rf"))
        await pilot.pause()
        assert app.form.text("target") == "spe[31mcies, rm -rf"


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
