"""The gate: no text is obeyed by a terminal, whatever it holds, and what is shown is measured."""

import io
import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, chop_cells, get_character_cell_size, set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from penguin_tui.terminal.diff_renderer import Frame, cells
from penguin_tui.terminal.gate import passes, visible, visible_lines
from penguin_tui.terminal.rich_private import measure_as_shown
from penguin_tui.terminal.textual_private.app import HookedApp
from penguin_tui.terminal.textual_private.driver import HookedDriver

ANYTHING = st.text(alphabet=st.characters(exclude_categories=()))
# pieces of what a terminal obeys, so that whole sequences come together
HOSTILE = st.lists(
    st.sampled_from(
        [
            "\x1b", "\x9b", "\x90", "\x9d", "\x9c", "\x07", "\x08", "\x00", "\x7f", "\r", "\n",
            "\t", "[31m", "]0;title", "]52;c;cm0=", "P$qm", "[?1049l", "[2J", "[6n", "\\", ";",
            "H", "m", "\u202e", "\u2066", "\u200b", "\u200d", "\u2060", "\ufeff", "\u061c",
            "\u2028", "\u2029", "\ufe0f", "\u0301", "\udcff", "\ud83d", "\ue000", "\U000e0041",
            "[red]", "a", "企", "❤",
        ]
    )
).map("".join)  # fmt: skip
TEXT = ANYTHING | HOSTILE
REFUSED = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}
PLAIN = Style()


@pytest.fixture(autouse=True, scope="module")
def measured() -> None:
    measure_as_shown()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Adelie", "Adelie"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\r\nb\tc\x00\x7f", "a␍␊b␉c␀␡"),
        ("\x9b2J", "\ufffd2J"),
        ("abc\u202edcba", "abc\ufffddcba"),
        ("zero\u200bwidth\ufeff", "zero\ufffdwidth\ufffd"),
        ("\udcff", "\ufffd"),
        ("Größe 企鹅 펭귄\xa0\u3000", "Größe 企鹅 펭귄\xa0\u3000"),
        ("[red]", "[red]"),
    ],
)
def test_foreign_text_is_shown_and_not_obeyed(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(TEXT)
def test_a_character_stays_one_and_none_is_left_that_a_terminal_obeys(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert not [c for c in shown if unicodedata.category(c) in REFUSED]
    assert visible(shown) == shown
    assert passes(shown)
    assert visible_lines(text).split("\n") == [visible(line) for line in text.split("\n")]


@given(TEXT)
def test_text_is_measured_as_it_is_sent(text: str) -> None:
    sent = [character for character, _ in cells(Strip([Segment(text, PLAIN)]))]
    assert cell_len(text) == len(sent) == sum(map(get_character_cell_size, "".join(sent)))
    assert len(cells(Strip([Segment(set_cell_size(text, 7), PLAIN)]))) == 7
    assert all(cell_len(line) <= 5 for line in chop_cells(text, 5))


@given(st.lists(TEXT, min_size=1, max_size=3), st.lists(TEXT, min_size=1, max_size=3))
def test_of_a_frame_only_places_styles_and_plain_text_are_sent(
    before: list[str], after: list[str]
) -> None:
    frame, width = Frame(), 20
    console = Console(file=io.StringIO(), color_system="truecolor", force_terminal=True)
    style = Style(color="#56b4e9", link="http://pwned.example\x07")
    rows = [
        [Strip([Segment(text, style)]).adjust_cell_length(width) for text in texts]
        for texts in (before, after)
    ]
    whole = LayoutUpdate([[strip] for strip in rows[0]], Region(0, 0, width, len(rows[0])))
    spans = [(y, 0, width) for y in range(len(rows[1]))]
    part = ChopsUpdate([{0: strip} for strip in rows[1]], spans, [[width]] * len(rows[1]))
    for update in (whole, part):
        sent = frame.update(update).render_segments(console)
        assert passes(sent)
        assert "pwned" not in sent
        assert set(sent) & set("\x07\n\r\t") == set()


def test_a_pile_of_marks_and_a_selector_of_widths_are_not_sent() -> None:
    found = cells(Strip([Segment("a" + "\u0301" * 50 + "❤\ufe0fb", PLAIN)]))
    assert [text for text, _ in found] == ["a" + "\u0301" * 3, "❤", "b"]
    assert cell_len("a" + "\u0301" * 50 + "❤\ufe0fb") == 3


@pytest.mark.parametrize(
    "data",
    [
        "\x07", "\x1b]0;title\x07", "\x1b]52;c;?\x07", "\x1b[2J", "\x1b[5n", "\x1b[?1h",
        "\x1bP$qq\x1b\\", "\x1b]8;;http://x\x07", "\x9b31m", "text\n", "\x1b[3", "\x1b",
        "\x1b[?1049$q", "\u202e",
    ],
)  # fmt: skip
def test_what_the_workbench_does_not_make_does_not_pass(data: str) -> None:
    assert not passes(data)
    assert not passes("\x1b[1;1Hplain" + data)


@pytest.mark.parametrize(
    "data",
    [
        "", "plain 企", "\x1b[12;3H\x1b[0;1;38;2;1;2;3mtext", "\x1b[6n", "\x1b[?1049h",
        "\x1b[?2026$p", "\x1b[>25u", "\x1b[<u", "\x1b]22;pointer\x07", "\x1b]52;c;cGVuZ3Vpbg==\x07",
    ],
)  # fmt: skip
def test_what_the_workbench_makes_passes(data: str) -> None:
    assert passes(data)


async def test_no_message_is_markup_and_what_is_copied_obeys_nothing() -> None:
    app = HookedApp()
    async with app.run_test() as pilot:
        app.screen.notify("[@click=app.quit]x[/]", title="[red]y")
        await pilot.pause()
        assert [(one.message, one.markup) for one in app._notifications] == [
            ("[@click=app.quit]x[/]", False)
        ]
        app.copy_to_clipboard("one\x1b[201~rm\u202e\ntwo")
        assert app.clipboard == "one␛[201~rm\ufffd\ntwo"


def test_the_driver_sends_what_the_workbench_makes_and_nothing_else() -> None:
    sent: list[str] = []
    driver = object.__new__(HookedDriver)
    driver._writer_thread = SimpleNamespace(write=sent.append)  # type: ignore[assignment]
    for data in ("\x1b[?1049h", "\x07", "\x1b]0;title\x07", "\x1b[1;1Hplain", "\x1b[2J"):
        driver.write(data)
    assert sent == ["\x1b[?1049h", "\x1b[1;1Hplain"]
