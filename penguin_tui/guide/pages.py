"""What the guide shows of a step, once for the screen and for the command line."""

from typing import TYPE_CHECKING

from penguin_tui.engine_link.bookmark import STEPS, Bookmark
from penguin_tui.guide.texts import READ_FIRST, step_text, words
from penguin_tui.guide.wording import section_block, spans, wrapped
from penguin_tui.presentation.blocks import Block, Line, Role, Span

if TYPE_CHECKING:
    from penguin_tui.guide.marking import Marked, Outcome

_ROLES: "dict[Outcome, Role]" = {
    "right": "good", "wrong": "warning", "shown": "title", "unreadable": "warning",
    "no_run": "warning",
}  # fmt: skip
# sections that are read only by who asks for them, or has earned them
_AFTER: "dict[Outcome, str]" = {"right": "why", "shown": "why", "wrong": "hint"}


def title_blocks(place: Bookmark, room: int) -> list[Block]:
    """Which step it is, what it is about, and how many questions have been answered."""
    figures = {
        "number": str(place.number),
        "steps": str(len(STEPS)),
        "answered": str(len(place.answered)),
    }
    done = "✓ " if place.step in place.answered else ""
    head = words(place.language)["head"]
    title = step_text(place.step, place.language).title
    lines = [
        *wrapped([Span(span.text, "muted") for span in spans(head, figures)], room),
        *wrapped([Span(f"{done}{title}", "title")], room),
    ]
    return [Block(lines=tuple(lines))]


def strip_line(place: Bookmark) -> Line:
    """The step in a line: the key that unfolds it, and what to press first."""
    text = step_text(place.step, place.language)
    figures = {"number": str(place.number), "steps": str(len(STEPS)), "title": text.title}
    first = text.sections["press"].paragraphs[0].text
    head = spans(words(place.language)["strip"], figures)
    return (Span(" "), *head, Span(" "), *(Span(s.text) for s in spans(first, {})))


def step_blocks(place: Bookmark, room: int, *, other_data: bool = False) -> list[Block]:
    """The sections that are read before the question is answered, the question last.

    `other_data`: the data that are chosen are not the post's.
    """
    text = step_text(place.step, place.language)
    blocks = [section_block(text.sections[name], {}, room) for name in READ_FIRST]
    if other_data:
        warning = spans(words(place.language)["other_data"], {})
        lines = wrapped([Span(span.text, "warning") for span in warning], room)
        blocks.insert(0, Block(lines=tuple(lines)))
    return blocks


def feedback_blocks(place: Bookmark, typed: str, marked: "Marked", room: int) -> list[Block]:
    """What became of an answer: right or wrong, and why, or a hint."""
    own, text = words(place.language), step_text(place.step, place.language)
    figures = {"typed": typed, **marked.figures}
    verdict = spans(own[marked.outcome], figures)
    role = _ROLES[marked.outcome]
    lines = wrapped([Span(span.text, role) for span in verdict], room)
    if marked.figures:
        source = own["from_data"] if marked.run is None else own["from_run"]
        told = spans(source, {"run": str(marked.run)})
        lines += wrapped([Span(span.text, "muted") for span in told], room)
    blocks = [Block(lines=tuple(lines))]
    if section := _AFTER.get(marked.outcome):
        blocks.append(section_block(text.sections[section], marked.figures, room))
    return blocks


def contents_block(place: Bookmark) -> Block:
    """All steps by their titles, with those that were answered, and where the reader is."""
    rows = tuple(
        (
            ">" if step == place.step else "",
            str(number),
            step,
            step_text(step, place.language).title,
            "✓" if step in place.answered else "",
        )
        for number, step in enumerate(STEPS, start=1)
    )
    return Block(words(place.language)["contents"], rows=rows, left=5)
