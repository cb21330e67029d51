"""The one text editor: a line of text as a value, and the base of the widgets that edit it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.strip import Strip

from penguin_tui.tables.selectable import SelectableLines

# the style of a component by its name
Styles = Callable[[str], Style]
_KEYS = ("home", "end", "backspace", "delete", "ctrl+u", "ctrl+w", "ctrl+a", "ctrl+e")
EDIT_KEYS = tuple(Binding(key, f"edit('{key}')", "", show=False) for key in _KEYS)


@dataclass(frozen=True, slots=True)
class TextLine:
    """`place` is the character before which the next one goes; a `fresh` text is replaced by it."""

    text: str
    place: int = 0
    fresh: bool = False

    @classmethod
    def entered(cls, text: str) -> "TextLine":
        """The text of a field as one comes to it."""
        return cls(text, len(text), fresh=bool(text))

    def typed(self, text: str) -> "TextLine":
        """With something typed or pasted; what cannot be printed is left out."""
        new = "".join(character for character in text if character.isprintable())
        if self.fresh:
            return TextLine(new, len(new))
        return TextLine(
            self.text[: self.place] + new + self.text[self.place :], self.place + len(new)
        )

    def edited(self, key: str) -> "TextLine":
        """What an editing key does; other keys do nothing."""
        text, place = self.text, self.place
        match key:
            case "left":
                return TextLine(text, max(0, place - 1))
            case "right":
                return TextLine(text, min(len(text), place + 1))
            case "home" | "ctrl+a":
                return TextLine(text, 0)
            case "end" | "ctrl+e":
                return TextLine(text, len(text))
            case "ctrl+u":
                return TextLine(text[place:], 0)
            case "backspace" if self.fresh:
                return TextLine("")
            case "backspace":
                return TextLine(text[: max(0, place - 1)] + text[place:], max(0, place - 1))
            case "ctrl+w":
                kept = text[:place].rstrip(" ,")
                cut = max(kept.rfind(" "), kept.rfind(",")) + 1
                return TextLine(text[:cut] + text[place:], cut)
            case "delete" if self.fresh:
                return TextLine("")
            case "delete":
                return TextLine(text[:place] + text[place + 1 :], place)
            case _:
                return self

    def window(self, width: int) -> tuple[str, int]:
        """The part that `width` cells can show, and the cell of the cursor in it."""
        start = 0
        while cell_len(self.text[start : self.place]) > width - 1:
            start += 1
        return set_cell_size(self.text[start:], width), cell_len(self.text[start : self.place])

    def segments(self, width: int, style: Styles) -> Iterator[Segment]:
        """The line in `width` cells, with its cursor; a fresh text is marked instead."""
        shown, place = self.window(width)
        chosen = style("chosen")
        if self.fresh:
            text = shown.rstrip()
            yield Segment(text, style("fresh"))
            yield Segment(" " * (width - cell_len(text)), chosen)
            return
        before, under, after = Strip([Segment(shown, chosen)]).divide([place, place + 1, width])
        yield from (*before, *under.apply_style(style("cursor")), *after)


def choice_segments(text: str, width: int, style: Styles, *, current: bool) -> Iterator[Segment]:
    """A field with a few possible values in `width` cells: the chosen one between arrows."""
    if current:
        yield Segment(set_cell_size(f"‹ {text} ›", width), style("chosen"))
        return
    yield Segment("‹ ", style("arrow"))
    yield Segment(set_cell_size(text, min(len(text), width - 4)), style("value"))
    yield Segment(set_cell_size(" ›", max(2, width - 2 - len(text))), style("arrow"))


def listed(pasted: str) -> str:
    """The lines of a pasted text with commas between them."""
    lines = [line.strip().removesuffix(",") for line in pasted.splitlines()]
    return ", ".join(line for line in lines if line) if len(lines) > 1 else pasted


class EditorView(SelectableLines, can_focus=True):
    """Fields drawn line by line in one widget, of which one at a time is edited.

    A subclass says which text is `here`, under the cursor, and takes a changed `line` in `put`.
    Enter begins to edit it; only then are letters text, and until then single keys are commands.
    """

    STYLES = (
        "heading", "label", "current", "value", "chosen", "cursor", "fresh", "arrow", "unit",
        "problem", "warning", "muted",
    )  # fmt: skip
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"field--{name}" for name in STYLES}
    DEFAULT_CSS = """
    EditorView {
        overflow-x: hidden; scrollbar-size-vertical: 1;
        .field--heading { color: $accent; text-style: bold; }
        .field--label { color: $foreground 85%; }
        .field--current { color: $accent; text-style: bold; }
        .field--value { color: $foreground; background: $surface; }
        .field--chosen {
            color: $block-cursor-foreground; background: $block-cursor-background;
            text-style: bold;
        }
        .field--cursor { color: $background; background: $foreground; }
        .field--fresh { color: $foreground; background: $input-selection-background; }
        .field--arrow { color: $accent; background: $surface; }
        .field--unit { color: $foreground 60%; }
        .field--problem { color: $error; }
        .field--warning { color: $warning; }
        .field--muted { color: $foreground 70%; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.line = TextLine("")
        # the text as it was before it was edited; None while none is
        self._before: str | None = None

    @property
    def here(self) -> str | None:
        """The text under the cursor; None of a choice, or where there is no cursor."""
        raise NotImplementedError

    @property
    def typing(self) -> bool:
        """Whether letters go into a text."""
        return self._before is not None and self.here is not None

    def copied(self) -> str:
        """The value under the cursor."""
        return self.here or ""

    def edit(self) -> None:
        """Begin to edit the text under the cursor: what is typed first replaces it."""
        text = self.here
        if text is not None and self._before is None:
            self._before, self.line = text, TextLine.entered(text)
            self._turned()

    def keep(self) -> None:
        """Edit no more; the text stays as it is now."""
        if self._before is not None:
            self._before = None
            self._turned()

    def restore(self) -> bool:
        """Edit no more; the text is what it was before. Returns whether one was edited."""
        before = self._before
        if before is None or not self.typing:
            return False
        if self.line.text != before:
            self._put(TextLine(before))
        self.keep()
        return True

    def _turned(self) -> None:
        self.refresh()
        self.refresh_bindings()

    def put(self, line: TextLine) -> None:
        """Take the line as it is now; called only while a text is being typed."""
        raise NotImplementedError

    def choose(self, step: int) -> None:
        """Take the value `step` after the present one in a field with a few possible ones."""
        raise NotImplementedError

    def keep_in_sight(self, first: int, last: int) -> None:
        """Scroll as little as is needed to see the lines from `first` to `last`."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        y = first if first < top else max(top, last - height + 1)
        if y != top:
            self.scroll_to(y=y, animate=False, immediate=True)

    def style(self, name: str) -> Style:
        """The style of one of `STYLES`; not partial, which would lose how faint a colour is."""
        return self.get_component_rich_style(f"field--{name}")

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While typing, letters are text and no commands."""
        return self.typing and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Letters go into the text."""
        # an Alt combination comes with more than one character
        if self.typing and event.is_printable and len(event.character or "") == 1:
            self._put(self.line.typed(event.character or ""))
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """All lines of what is pasted, as a list; on a text that is not edited, in its place."""
        if self.here is not None:
            event.stop()
            self.edit()
            self._put(self.line.typed(listed(event.text)))

    def action_edit(self, key: str) -> None:
        """What an editing key does to the text."""
        if self.typing:
            self._put(self.line.edited(key))

    def action_choose(self, step: int) -> None:
        """Another value of a choice; in a text the cursor moves."""
        if self.typing:
            self.action_edit("right" if step > 0 else "left")
        elif self.here is None:
            self.choose(step)

    def _put(self, line: TextLine) -> None:
        changed, self.line = line.text != self.line.text, line
        if changed:
            self.put(line)
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Only with the keys the current field shows its cursor."""
        super().watch_has_focus(has_focus)
        self.refresh()
