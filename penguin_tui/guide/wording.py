"""From the guide's Markdown to lines that fit: placeholders filled, words wrapped.

A placeholder is `{kind:argument}`, one of `_FACTS`: what keys, presets and the post's figures are
is looked up; or `{name}`, a figure worked out from the reader's own run.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from engine.kinds import KINDS, label_of
from engine.results.reference import PARTS, TEST_ROWS, Part
from engine.results.statistics import wilson
from penguin_tui.guide.key_names import binding, key_name
from penguin_tui.guide.texts import Section
from penguin_tui.presentation.blocks import Block, Line, Role, Span
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import NO_BREAK, bounds, cell_width, percent

BULLET = "- "
# figure and unit, which stay together
_UNIT = re.compile(r"(?<=\d) (?=%|pp\b|s\b)")
_MARKED = re.compile(r"\*\*(.+?)\*\*|`(.+?)`")
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def _part(name: str) -> Part:
    return next(part for part in PARTS if part.name == name)


def _interval(name: str) -> str:
    found = wilson(round((_part(name).test or 0.0) * TEST_ROWS), TEST_ROWS)
    return f"{bounds(found.low, found.high)} %"


def preset_name(name: str) -> str:
    """A preset as the list of presets has it: of searches with their kind."""
    kind, _, preset = name.partition(" ")
    if preset not in KINDS[kind].presets:
        raise LookupError(f"no preset {name!r} for a text of the guide")
    return f"{label_of(kind)}: {preset}" if KINDS[kind].is_search else preset


_FACTS: Mapping[str, Callable[[str], str]] = {
    "key": key_name,
    "title": lambda name: binding(name).description,
    "preset": preset_name,
    "train": lambda name: percent(_part(name).train),
    "test": lambda name: percent(_part(name).test),
    "interval": _interval,
    "reading": lambda name: _part(name).reading,
    "setting": setting_label,
}


def spans(text: str, figures: Mapping[str, str]) -> Iterator[Span]:
    """Markdown of one line as spans; raises LookupError for a placeholder that nothing fills."""
    place = 0
    for mark in _MARKED.finditer(text):
        yield from _filled(text[place : mark.start()], figures, "")
        yield from _filled(mark[1] or mark[2], figures, "strong")
        place = mark.end()
    yield from _filled(text[place:], figures, "")


def _filled(text: str, figures: Mapping[str, str], role: Role) -> Iterator[Span]:
    place = 0
    for found in PLACEHOLDER.finditer(text):
        yield Span(text[place : found.start()], role)
        kind, colon, argument = found[1].partition(":")
        value = _FACTS[kind](argument) if colon else figures[kind]
        yield Span(value, "accent" if kind == "key" else role)
        place = found.end()
    yield Span(text[place:], role)


def section_block(section: Section, figures: Mapping[str, str], room: int) -> Block:
    """A section in `room` terminal cells."""
    lines: list[Line] = []
    for before, paragraph in zip((None, *section.paragraphs), section.paragraphs, strict=False):
        if before is not None and not (before.listed and paragraph.listed):
            lines.append(())
        indent = BULLET if paragraph.listed else ""
        lines += wrapped(spans(paragraph.text, figures), room, indent)
    return Block(section.heading, lines=tuple(lines))


def wrapped(found: Iterable[Span], room: int, indent: str = "") -> list[Line]:
    """Spans as lines of `room` cells, broken between words; `indent` begins the first of them.

    A word that is wider than a line is cut. Cells are counted, not characters: one of Korean
    takes two.
    """
    width = max(8, room - len(indent))
    lines: list[list[Span]] = [[]]
    left = width
    for word in _words(found):
        size = sum(cell_width(text) for text, _ in word)
        if lines[-1] and size + 1 > left:
            lines.append([])
            left = width
        elif lines[-1]:
            lines[-1].append(Span(" "))
            left -= 1
        for text, role in word:
            for character in _pieces(text, size <= width):
                taken = cell_width(character)
                if taken > left:
                    lines.append([])
                    left = width
                lines[-1].append(Span(character, role))
                left -= taken
    rest = " " * len(indent)
    return [(Span(rest if place else indent), *line) for place, line in enumerate(lines)]


def _pieces(text: str, fits: bool) -> Iterable[str]:
    return (text,) if fits else text


def _words(found: Iterable[Span]) -> Iterator[list[Span]]:
    """What stands between blanks; a word may have several roles, as a key with a full stop."""
    word: list[Span] = []
    for text, role in found:
        first, *others = re.split(" +", _UNIT.sub(NO_BREAK, text))
        for place, piece in enumerate((first, *others)):
            if place and word:
                yield word
                word = []
            if piece:
                word.append(Span(piece.replace(NO_BREAK, " "), role))
    if word:
        yield word
