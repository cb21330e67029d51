"""How many colours a terminal has, by its name and by its answer."""

import pytest

from penguin_tui.terminal import colours
from penguin_tui.terminal.gate import passes
from penguin_tui.terminal.textual_private.driver import ColourAnswer, EscapingParser


@pytest.mark.parametrize(
    ("term", "depth"),
    [
        ("xterm-ghostty", "true"), ("foot", "true"), ("foot-extra", "true"), ("alacritty", "true"),
        ("wezterm", "true"), ("xterm-kitty", "true"), ("st-256color", "true"),
        ("vte-256color", "true"), ("konsole-256color", "true"), ("xterm-direct", "true"),
        ("tmux-256color", "true"), ("tmux", "true"),
        ("xterm-256color", "256"), ("rxvt-unicode-256color", "256"), ("putty-256color", "256"),
        ("screen-256color", "256"), ("screen.xterm-256color", "256"),
        ("screen", "16"), ("screen.foot", "true"), ("xterm", "16"), ("linux", "16"),
        ("vt220", "16"), ("dumb", "none"), ("", "none"),
    ],
)  # fmt: skip
def test_the_name_says_how_many(term: str, depth: str) -> None:
    assert colours.by_name({"TERM": term}) == depth


def test_tmux_by_the_name_of_screen_and_colorterm() -> None:
    assert colours.by_name({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}) == "true"
    assert colours.by_name({"TERM": "xterm-256color", "COLORTERM": "truecolor"}) == "true"


@pytest.mark.parametrize(
    ("term", "asked"),
    [("xterm-256color", True), ("xterm", True), ("linux", False), ("screen", False),
     ("xterm-ghostty", False), ("dumb", False)],
)  # fmt: skip
def test_only_what_calls_itself_xterm_is_asked(term: str, asked: bool) -> None:
    assert colours.worth_asking({"TERM": term}) == asked


@pytest.mark.parametrize(
    ("answer", "true"),
    [
        ("0;48:2::1:2:3", True), ("48:2:1:2:3", True), ("0;48;2;1;2;3", True),
        ("0;48;5;16", False), ("0;48:2::1:2:30", False), ("0", False), ("", False),
    ],
)  # fmt: skip
def test_an_answer_says_whether_the_colour_was_kept(answer: str, true: bool) -> None:
    assert colours.has_all(answer) == true


def test_the_question_passes_the_gate() -> None:
    assert passes(colours.QUESTION)
    assert not passes("\x1bP$qq\x1b\\")


@pytest.mark.parametrize("size", [1, 4, 100])
def test_an_answer_is_no_key_however_it_arrives(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EscapingParser, "answer_until", float("inf"))
    data = "a\x1bP1$r0;48:2::1:2:3m\x1b\\b"
    parser = EscapingParser()
    pieces = (data[place : place + size] for place in range(0, len(data), size))
    found = [token for piece in pieces for token in parser.feed(piece)]
    assert [one.text for one in found if isinstance(one, ColourAnswer)] == ["0;48:2::1:2:3"]
    assert [getattr(one, "key", "") for one in found if not isinstance(one, ColourAnswer)] == [
        "a", "b",
    ]  # fmt: skip


def test_an_escape_while_an_answer_is_waited_for_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EscapingParser, "answer_until", float("inf"))
    monkeypatch.setattr("penguin_tui.terminal.textual_private.driver.HOLD_SECONDS", -1.0)
    parser = EscapingParser()
    found = [*parser.feed("\x1bP"), *parser.tick(), *parser.feed("x")]
    assert [getattr(one, "key", "") for one in found] == ["escape", "P", "x"]


@pytest.mark.parametrize(
    ("environ", "own"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux"}, True),
        ({"TERM": "screen"}, False),
        ({"TERM": "xterm-256color", "STY": "1.pts-0.host"}, False),
        ({"TERM": "screen", "STY": "1.pts-0.host", "TMUX": "/tmp/tmux"}, False),
        ({"TERM": "vt220"}, False),
        ({"TERM": "vte-256color"}, True),
        ({}, True),
    ],
)
def test_gnu_screen_erases_in_a_colour_of_its_own(environ: dict[str, str], own: bool) -> None:
    assert colours.erases(environ) is own
