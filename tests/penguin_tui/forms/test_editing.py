"""Keys, clicks and pasted text in the fields of a form."""

from textual import events

from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.screens.train import TrainScreen
from tests.support.screen.form_and_run import form_screen
from tests.support.screen.form_app import FormApp, labels_of, type_into
from tests.support.screen.text import seen
from tests.support.screen.waiting import at_rest, until


async def test_letters_are_text_in_a_field_and_commands_outside() -> None:
    app = FormApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_into(pilot, app, "target", "a")
        assert app.form.text("target") == "a"
        await pilot.press("enter", "escape", "a")
        await until(pilot, lambda: "Column types" in labels_of(app))
        assert app.form.text("target") == "a"
        await pilot.press("a")
        await until(pilot, lambda: "Column types" not in labels_of(app))


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
