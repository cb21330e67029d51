"""The guide's texts: plain Markdown files, one for each step and language.

Of Markdown they use a title, headings, paragraphs, lists, **bold** and `code`. A file has the
headings of `SECTIONS`, in its own words and this order. `words.md` has what the guide itself says.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).with_name("texts")
SECTIONS = ("press", "look", "post", "wrong", "right", "question", "hint", "why")
# what is read before the question has been answered
READ_FIRST = SECTIONS[: SECTIONS.index("hint")]


class Paragraph(NamedTuple):
    """A paragraph as one line of Markdown; `listed` where it is an item of a list."""

    text: str
    listed: bool


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading."""

    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class StepText:
    """The text of a step; `sections` by the names of `SECTIONS`."""

    title: str
    sections: Mapping[str, Section]


@cache
def step_text(step: str, language: str) -> StepText:
    """The text of a step, read once."""
    return parsed((FOLDER / language / f"{step}.md").read_text("utf-8"))


@cache
def words(language: str) -> Mapping[str, str]:
    """What the guide itself says in a language, by name."""
    lines = (FOLDER / language / "words.md").read_text("utf-8").splitlines()
    found = (line.removeprefix("- ").partition(": ") for line in lines if line.startswith("- "))
    return {name: text for name, _, text in found}


def parsed(text: str) -> StepText:
    """Read the Markdown of a step; raises ValueError where a heading is missing or too many."""
    title, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    sections = [_section(part) for part in parts]
    found = dict(zip(SECTIONS, sections, strict=True))
    return StepText(title.strip().removeprefix("# "), found)


def _section(text: str) -> Section:
    heading, _, body = text.partition("\n")
    paragraphs = []
    for part in re.split(r"\n\s*\n|\n(?=- )", body.strip()):
        whole = " ".join(part.split())
        paragraphs.append(Paragraph(whole.removeprefix("- "), whole.startswith("- ")))
    return Section(heading.strip(), tuple(paragraphs))
