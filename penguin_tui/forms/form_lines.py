"""The lines of a form: which settings are shown, in which column, with which remarks."""

import textwrap
from dataclasses import dataclass
from typing import Literal

from penguin_tui.forms.form import Entry, Reading, Section, Sheet, filled
from penguin_tui.presentation.text import counted

Kind = Literal["heading", "entry", "problem", "warning", "muted", "blank"]
LABEL_WIDTH = 24
# as wide as "iterations" and a gap
UNIT_WIDTH = 11
TWO_COLUMNS = 84


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column; a field may be `changed` from its default, or `idle` (no effect)."""

    kind: Kind
    text: str = ""
    entry: Entry | None = None
    indent: int = 1
    changed: bool = False
    idle: bool = False

    @property
    def field(self) -> Entry | None:
        """The setting whose field this line is; None of a remark about it."""
        return self.entry if self.kind == "entry" else None


BLANK = Line("blank")
Column = list[Line]


def form_columns(
    sections: tuple[Section, ...],
    sheet: Sheet,
    reading: Reading,
    width: int,
    everything: bool,
    key: str,
) -> list[Column]:
    """The columns for `width` cells; advanced settings only with `everything`.

    `key` shows and hides them. One that is wrong or not at its default is always shown.
    """
    plain = filled(sheet.kind, {})
    folded = 0
    two = width >= TWO_COLUMNS
    size = width // 2 if two else width
    columns: list[Column] = [[], []] if two else [[]]
    left, _ = split(sections)
    for section in sections:
        column = columns[0] if not two or section in left else columns[1]
        lines: Column = []
        for entry in section.entries:
            if not sheet.shown(entry):
                continue
            changed = sheet.texts[entry.id] != plain.texts[entry.id]
            special = changed or entry.id in reading.problems
            if entry.setting.advanced and not everything and not special:
                folded += 1
                continue
            idle = entry.id in reading.idle
            lines.append(Line("entry", entry.label, entry, changed=changed, idle=idle))
            lines += _remarks(entry, reading, size)
        if lines:
            column += [*([BLANK] if column else []), Line("heading", section.title), *lines]
    if everything:
        columns[-1] += [BLANK, Line("muted", f"▾ {key}  hides the advanced settings")]
    elif folded:
        columns[-1] += [
            BLANK,
            Line("muted", f"▸ {key}  shows {counted(folded, 'advanced setting')}"),
        ]
    return columns


def _remarks(entry: Entry, reading: Reading, width: int) -> list[Line]:
    kind: Kind = "problem"
    text = reading.problems.get(entry.id, "")
    if not text:
        kind, text = "warning", reading.warnings.get(entry.id, "")
    if not text:
        return []
    mark = "✗ " if kind == "problem" else "! "
    whole = mark + text
    # under the field; a long one further left, where there is more room
    indent = LABEL_WIDTH if len(whole) < width - LABEL_WIDTH or width > 70 else 3
    wrapped = textwrap.wrap(whole, max(12, width - indent - 1), subsequent_indent="  ")
    return [Line(kind, line, entry, indent) for line in wrapped]


def split(sections: tuple[Section, ...]) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """The sections in two columns of about the same height, in their order."""
    heights = [
        2 + sum(not entry.setting.advanced and not entry.parent for entry in section.entries)
        for section in sections
    ]
    place = min(
        range(1, len(sections) + 1),
        key=lambda place: abs(sum(heights[:place]) - sum(heights[place:])),
    )
    return sections[:place], sections[place:]
