"""What a terminal says of pictures, and what of that becomes keys: nothing."""

import pytest

from penguin_tui.terminal.gate import passes, visible
from penguin_tui.terminal.graphics import Graphics, complete, kitty_picture, kitty_removed, question
from penguin_tui.terminal.textual_private.driver import EscapingParser, GraphicsAnswer

KITTY = "\x1b_Gi=31;OK\x1b\\"
CELL = "\x1b[6;34;16t"
SIXEL = "\x1b[?62;4;22c"
PLAIN = "\x1b[?64;1;24c"


def told(*answers: str) -> Graphics:
    found = Graphics()
    for answer in answers:
        found = found.after(answer)
    return found


def test_the_protocol_is_the_one_that_the_terminal_says_it_has() -> None:
    assert told(KITTY, CELL, PLAIN) == Graphics("kitty", (16, 34))
    assert told(CELL, SIXEL) == Graphics("sixel", (16, 34))
    # that of a terminal that has both, of which some know kitty's in part only
    assert told(KITTY, SIXEL).protocol == "sixel"
    assert told(SIXEL, KITTY).protocol == "sixel"
    assert told(PLAIN) == told("\x1b_Gi=31;ENOTSUPPORTED\x1b\\") == Graphics("")
    # a VT400 that takes itself for number 4 draws nothing
    assert told("\x1b[?4;1c").protocol == ""
    assert told("\x1b[6;0;0t").cell == Graphics().cell


def test_where_a_question_would_be_a_title_or_text_it_is_not_put() -> None:
    assert "\x1b_G" in question({"TERM": "xterm-kitty"})
    for environ in ({"TERM": "tmux-256color"}, {"TERM": "screen"}, {"TERM": "linux"},
                    {"TERM": "xterm-256color", "TMUX": "/tmp/tmux-0"}):  # fmt: skip
        assert "\x1b_" not in question(environ)
        assert question(environ).endswith("\x1b[c")
    assert question({"TERM": "dumb"}) == question({}) == ""
    assert passes(question({"TERM": "xterm-kitty"}))


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_answers_in_any_pieces_are_no_keys(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EscapingParser, "answer_until", float("inf"))
    parser = EscapingParser()
    read = f"a{KITTY}{CELL}b{SIXEL}c\x1b[A"
    pieces = [read[at : at + size] for at in range(0, len(read), size)]
    found = [one for piece in pieces for one in parser.feed(piece)]
    answers = [one.text for one in found if isinstance(one, GraphicsAnswer)]
    assert answers == [KITTY, CELL, SIXEL]
    keys = [getattr(one, "key", "") for one in found if not isinstance(one, GraphicsAnswer)]
    assert keys == ["a", "b", "c", "up"]
    assert complete(read)
    assert not complete(f"{KITTY}{CELL}")


def test_a_picture_passes_the_gate_and_text_that_looks_like_one_does_not_pass_as_text() -> None:
    drawn = kitty_picture("QUJD" * 3000, 7, 40, 12)
    assert drawn.count("\x1b_G") == 3
    assert drawn.startswith("\x1b_Ga=T,f=100,i=7,p=1,c=40,r=12")
    assert drawn.count("m=1;") == 2
    assert passes(drawn + kitty_removed(7))
    assert passes('\x1bP0;0;0q"1;1;6;6#0;2;0;0;0!6~-\x1b\\')
    assert not passes("\x1b_Gi=1;\x1b]0;title\x07\x1b\\")
    assert "\x1b" not in visible(drawn)
