"""The texts are complete: the same in every language, and all that they name is there."""

import re
from collections import Counter

import pytest

from penguin_tui.engine_link.bookmark import LANGUAGES, STEPS, Bookmark, bookmark, locale_language
from penguin_tui.guide.marking import QUESTIONS
from penguin_tui.guide.pages import step_blocks, strip_line, title_blocks
from penguin_tui.guide.texts import FOLDER, SECTIONS, parsed, step_text, words
from penguin_tui.guide.wording import PLACEHOLDER, spans, wrapped
from penguin_tui.presentation.blocks import joined, plain
from penguin_tui.presentation.text import cell_width

OTHERS = [code for code in LANGUAGES if code != "en"]
HANGUL = re.compile("[가-힣]")


def placeholders(text: str) -> list[str]:
    return PLACEHOLDER.findall(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_a_text_and_a_question_and_nothing_else_is_there(language: str) -> None:
    files = {path.name for path in (FOLDER / language).iterdir()}
    assert files == {f"{step}.md" for step in STEPS} | {"words.md"}
    assert set(QUESTIONS) == set(STEPS)
    assert len(STEPS) == 12


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("step", STEPS)
def test_a_translation_says_as_much(language: str, step: str) -> None:
    english, other = step_text(step, "en").sections, step_text(step, language).sections
    assert list(english) == list(other) == list(SECTIONS)
    for name in SECTIONS:
        one, two = english[name].paragraphs, other[name].paragraphs
        assert [p.listed for p in one] == [p.listed for p in two], name
        for first, second in zip(one, two, strict=True):
            named, again = placeholders(first.text), placeholders(second.text)
            # what is pressed is pressed in this order; a sentence may turn its figures round
            assert named == again if name == "press" else Counter(named) == Counter(again), name


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_guide_itself_says_is_translated(language: str) -> None:
    english, other = words("en"), words(language)
    assert list(english) == list(other)
    for name, text in english.items():
        assert Counter(placeholders(text)) == Counter(placeholders(other[name])), name
        assert other[name] != text, name


@pytest.mark.parametrize("step", STEPS)
def test_korean_is_korean(step: str) -> None:
    text = step_text(step, "ko")
    assert HANGUL.search(text.title)
    for section in text.sections.values():
        assert HANGUL.search(section.heading)
        assert all(HANGUL.search(paragraph.text) for paragraph in section.paragraphs)


@pytest.mark.parametrize("room", [30, 44, 76])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_fits_its_room_and_nothing_is_left_to_fill(
    step: str, language: str, room: int
) -> None:
    place = Bookmark(step, language)
    blocks = [*title_blocks(place, room), *step_blocks(place, room, other_data=True)]
    lines = [plain(line) for line in joined(blocks)]
    assert max(map(cell_width, lines)) <= room
    assert not re.search(r"[{}]|\*\*|`", "\n".join([*lines, plain(strip_line(place))]))


def test_keys_presets_and_the_posts_figures_are_looked_up() -> None:
    def told(text: str) -> str:
        return "".join(span.text for span in spans(text, {"rows": "69"}))

    assert told("{key:go-train} {key:form.run} {key:form.evaluate}") == "3 r %"
    assert told("{preset:train no-hidden}, {preset:grid_search post}") == (
        "no-hidden, grid search: post"
    )
    assert told("{train:one hidden layer} {test:one hidden layer}") == "80.7 % 76.8 %"
    # 67 of 69 rows, as README has it of 68
    assert told("{interval:logistic regression} of {rows}") == "90.0–99.2 % of 69"
    for stale in ("{key:form.gone}", "{preset:train gone}", "{unknown}"):
        with pytest.raises(LookupError):
            told(stale)


def test_wide_characters_take_two_cells_and_words_stay_whole() -> None:
    lines = [plain(line) for line in wrapped(spans("은닉층이 둘인 신경망 97.1 %", {}), 14, "- ")]
    assert lines == ["- 은닉층이", "  둘인 신경망", "  97.1 %"]
    # a word without an end is cut, between two characters
    assert [plain(x) for x in wrapped(spans("신경망" * 3, {}), 9)] == ["신경망신", "경망신경", "망"]


def test_a_heading_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        parsed("# Title\n\n## One\ntext\n")


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ko"}, "ko"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(environ: dict[str, str], language: str) -> None:
    assert locale_language(environ) == language
    # until another is chosen
    assert bookmark({"language": "en"}, environ).language == "en"


def test_a_kept_place_that_cannot_be_is_that_of_a_beginner() -> None:
    odd = {"step": "gone", "language": 7, "open": "yes", "answered": ["load", "gone", 3]}
    assert bookmark(odd, {}) == Bookmark("load", "en", answered=("load",))
    kept = Bookmark("grid", "ko", open=True, answered=("load", "grid"))
    assert bookmark(kept.to_fields(), {}) == kept
    assert kept.turned(9).step == "conclusion"
    assert kept.turned(-20).step == "load"
