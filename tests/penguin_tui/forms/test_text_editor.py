"""A text that is typed: cursor, keys, and what is shown of it."""

from penguin_tui.forms.text_editor import TextLine


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
