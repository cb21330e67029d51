"""The fields of a form, drawn and edited in one widget.

A form of fifty settings made of fifty input widgets takes Textual a third of a
second to show; this one is shown at once, and repaints only the lines that
changed.
"""

from collections.abc import Callable
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from penguin_tui.forms.form import Entry, Reading, Section, Sheet
from penguin_tui.forms.form_lines import (
    LABEL_WIDTH,
    UNIT_WIDTH,
    Column,
    Line,
    form_columns,
)
from penguin_tui.forms.typing_line import TypingLine

NUMBERS = ("integer", "number", "integers", "per_layer")
STYLES = (
    "heading", "label", "current", "value", "chosen", "cursor", "fresh", "arrow", "unit", "problem",
    "warning", "more",
)  # fmt: skip


class FormFields(ScrollView, can_focus=True):
    """One field at a time is the current one; outside of a field single keys are commands."""

    BINDING_GROUP_TITLE = "Form"
    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"form--{name}" for name in STYLES}
    DEFAULT_CSS = """
    FormFields {
        height: 1fr; overflow-x: hidden;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        .form--heading { color: $accent; text-style: bold; }
        .form--label { color: $foreground 85%; }
        .form--current { color: $accent; text-style: bold; }
        .form--value { color: $foreground; background: $surface; }
        .form--chosen {
            color: $block-cursor-foreground; background: $block-cursor-background;
            text-style: bold;
        }
        .form--cursor { color: $background; background: $foreground; }
        .form--fresh { color: $foreground; background: $input-selection-background; }
        .form--arrow { color: $accent; background: $surface; }
        .form--unit { color: $foreground 60%; }
        .form--problem { color: $error; }
        .form--warning { color: $warning; }
        .form--more { color: $foreground 70%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,enter,tab", "step(1)", "Next field", show=False, id="form.next",
                tooltip="Go to the next field."),
        Binding("up,shift+tab", "step(-1)", "Previous field", show=False, id="form.previous",
                tooltip="Go to the field before."),
        Binding("right,space", "choose(1)", "Next value", show=False, id="form.choose",
                tooltip="In a field with ‹ ›: take the next of the possible values."),
        Binding("left", "choose(-1)", "Value before", show=False, id="form.choose_back",
                tooltip="In a field with ‹ ›: take the one before."),
        Binding("a", "everything", "All settings", show=False, id="form.everything",
                tooltip="Show the rarely used settings as well, or hide them."),
        Binding("escape", "leave", "Leave field", id="form.leave",
                tooltip="Leave the field; single keys are commands again."),
        *(
            Binding(key, f"edit('{key}')", "", show=False)
            for key in ("home", "end", "backspace", "delete", "ctrl+u", "ctrl+w", "ctrl+a",
                        "ctrl+e")
        ),
    ]  # fmt: skip

    class Above(Message):
        """The person goes up from the first field."""

    class Entered(Message):
        """Another field is the current one, or none is."""

        def __init__(self, entry: Entry | None) -> None:
            super().__init__()
            self.entry = entry

    def __init__(
        self,
        sections: tuple[Section, ...],
        contents: Callable[[], tuple[Sheet, Reading]],
        typed: Callable[[Entry, str], None],
    ) -> None:
        # `typed` is called and not sent a message: the next key may come before that arrives
        super().__init__()
        self._sections = sections
        self._contents = contents
        self._typed = typed
        self._columns: list[Column] = [[]]
        self._everything = False
        self._line = TypingLine("")
        self._drawn: dict[int, list[Segment]] = {}
        self.current: Entry | None = None

    # -- contents -----------------------------------------------------------------------------

    def renew(self) -> None:
        """Show the contents as they are now."""
        width = self._room
        if width < 1:
            return
        sheet, reading = self._contents()
        self._columns = form_columns(self._sections, sheet, reading, width, self._everything)
        if self.current is not None and self._position(self.current) is None:
            self.current = None
        if self.current is not None and self._line.text != sheet.texts[self.current.id]:
            self._line = TypingLine.entered(sheet.texts[self.current.id])
        size = Size(width, max(map(len, self._columns)))
        if size != self.virtual_size:
            self.virtual_size = size
        self._repaint()

    @property
    def _room(self) -> int:
        """Cells of a line; the scroll bar has one more."""
        return self.size.width - 1

    def on_resize(self) -> None:
        """Deal the lines anew."""
        self._drawn.clear()
        self.renew()
        if self.current is not None:
            self.call_after_refresh(self._keep_in_sight, self.current)

    @property
    def entries(self) -> list[Entry]:
        """The fields in the order in which one goes through them."""
        return [
            line.entry
            for column in self._columns
            for line in column
            if line.kind == "entry" and line.entry is not None
        ]

    def _position(self, entry: Entry) -> tuple[int, int] | None:
        for x, column in enumerate(self._columns):
            for y, line in enumerate(column):
                if line.kind == "entry" and line.entry == entry:
                    return x, y
        return None

    # -- moving -------------------------------------------------------------------------------

    def enter(self, entry: Entry | None) -> None:
        """Make a field the current one, or none."""
        if entry != self.current:
            self.current = entry
            if entry is not None:
                self._line = TypingLine.entered(self._contents()[0].texts[entry.id])
                self._keep_in_sight(entry)
            self._repaint()
            self.post_message(self.Entered(entry))
            self.refresh_bindings()

    def enter_named(self, entry_id: str) -> None:
        """Go to a field, unfolded if need be."""
        found = next((e for e in self.entries if e.id == entry_id), None)
        self.focus(scroll_visible=False)
        self.enter(found)

    def _keep_in_sight(self, entry: Entry) -> None:
        position = self._position(entry)
        if position is None:
            return
        y, height, top = position[1], self.size.height, self.scroll_offset.y
        first = 0 if y <= 1 else y
        if first < top:
            self.scroll_to(y=first, animate=False, immediate=True)
        elif y >= top + height - 1:
            # the line below may hold what is wrong with the field
            self.scroll_to(y=y - height + 2, animate=False, immediate=True)

    def action_step(self, step: int) -> None:
        """The next field, or the one before; past the last one the next widget."""
        entries = self.entries
        if self.current is None:
            self.enter(entries[0 if step > 0 else -1])
            return
        place = entries.index(self.current) + step
        if 0 <= place < len(entries):
            self.enter(entries[place])
        elif place > 0:
            self.enter(None)
            self.screen.focus_next()
        else:
            self.post_message(self.Above())

    def action_leave(self) -> None:
        """Out of the field."""
        self.enter(None)

    def action_everything(self) -> None:
        """Show all settings, or only those of every day."""
        self._everything = not self._everything
        self.renew()

    # -- editing ------------------------------------------------------------------------------

    def action_choose(self, step: int) -> None:
        """Another value of a choice; in a text the cursor moves."""
        entry = self.current
        if entry is None:
            return
        if not entry.options:
            self.action_edit("right" if step > 0 else "left")
            return
        text = self._contents()[0].texts[entry.id]
        place = entry.options.index(text) if text in entry.options else -1
        self._put(TypingLine.entered(entry.options[(place + step) % len(entry.options)]))

    def action_edit(self, key: str) -> None:
        """What an editing key does to the text."""
        if self.current is not None and not self.current.options:
            self._put(self._line.edited(key))

    def _put(self, line: TypingLine) -> None:
        entry, changed = self.current, line.text != self._line.text
        self._line = line
        if entry is not None and changed:
            self._typed(entry, line.text)
        self._repaint()

    @property
    def typing(self) -> bool:
        """Whether letters go into a field."""
        return self.current is not None and not self.current.options

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While typing, letters are text and no commands."""
        return self.typing and character is not None and character.isprintable()

    async def on_key(self, event: events.Key) -> None:
        """Letters go into the field; its other keys act here and now.

        Textual looks for bindings only when a key has come back to the app: of keys
        that come in one go, as over a slow link, letters would overtake the others.
        """
        # an Alt combination comes with more than one character
        if self.typing and event.is_printable and len(event.character or "") == 1:
            event.stop()
            event.prevent_default()
            self._put(self._line.typed(event.character or ""))
            return
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return

    def on_paste(self, event: events.Paste) -> None:
        """The first line of what is pasted."""
        if self.typing:
            event.stop()
            self._put(self._line.typed(event.text.partition("\n")[0]))

    def on_click(self, event: events.Click) -> None:
        """Into the field under the mouse; on a choice the next value, on ‹ the one before."""
        width = self._room // len(self._columns)
        column, x = divmod(event.x, max(1, width))
        lines = self._columns[min(column, len(self._columns) - 1)]
        y = event.y + self.scroll_offset.y
        line = lines[y] if y < len(lines) else Line("blank")
        if line.kind == "more":
            self.action_everything()
        elif line.entry is not None:
            here = line.entry == self.current
            self.enter(line.entry)
            if x >= LABEL_WIDTH and line.entry.options and (here or x < LABEL_WIDTH + 2):
                self.action_choose(-1 if x < LABEL_WIDTH + 2 else 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of a field only in a field."""
        if action in ("leave", "choose", "edit"):
            return self.current is not None
        return True

    def on_focus(self) -> None:
        """The current field shows its cursor."""
        self._repaint()

    def on_blur(self) -> None:
        """The cursor is elsewhere."""
        self._repaint()

    # -- drawing ------------------------------------------------------------------------------

    def _repaint(self) -> None:
        for y in range(self.size.height):
            if self._drawn.get(y) != self._segments(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def notify_style_update(self) -> None:
        """The colours have changed."""
        super().notify_style_update()
        self._drawn.clear()

    def render_line(self, y: int) -> Strip:
        """One line of all columns."""
        segments = self._drawn[y] = self._segments(y)
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _segments(self, y: int) -> list[Segment]:
        row = y + self.scroll_offset.y
        width = self._room // len(self._columns)
        return [
            segment
            for column in self._columns
            for segment in self._cell(column[row] if row < len(column) else Line("blank"), width)
        ]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"form--{name}")

    def _cell(self, line: Line, width: int) -> list[Segment]:
        if line.kind == "entry" and line.entry is not None:
            return self._entry(line.entry, line.text, width)
        if line.kind == "blank":
            return [Segment(" " * width, self.rich_style)]
        text = set_cell_size(" " * line.indent + line.text, width)
        return [Segment(text, self._style(line.kind))]

    def _entry(self, entry: Entry, label: str, width: int) -> list[Segment]:
        current = entry == self.current and self.has_focus
        branch = " └ " if entry.parent else ""
        name = set_cell_size(f" {branch}{label}", LABEL_WIDTH)
        # what is no number has no unit and takes its room
        number = entry.setting.shape in NUMBERS
        room = max(6, width - LABEL_WIDTH - (UNIT_WIDTH + 1 if number else 2))
        rest = f" {entry.setting.unit}" if number else ""
        return [
            Segment(name, self._style("current" if current else "label")),
            *(self._choice(entry, room, current) if entry.options
              else self._text(entry, room, current)),
            Segment(set_cell_size(rest, max(0, width - LABEL_WIDTH - room)), self._style("unit")),
        ]  # fmt: skip

    def _choice(self, entry: Entry, room: int, current: bool) -> list[Segment]:
        text = self._contents()[0].texts[entry.id]
        if current:
            return [Segment(set_cell_size(f"‹ {text} ›", room), self._style("chosen"))]
        value, arrow = self._style("value"), self._style("arrow")
        return [
            Segment("‹ ", arrow),
            Segment(set_cell_size(text, min(len(text), room - 4)), value),
            Segment(set_cell_size(" ›", max(2, room - 2 - len(text))), arrow),
        ]

    def _text(self, entry: Entry, room: int, current: bool) -> list[Segment]:
        value = self._style("value")
        if not current:
            return [Segment(set_cell_size(self._contents()[0].texts[entry.id], room), value)]
        shown, place = self._line.window(room)
        if self._line.fresh:
            text = shown.rstrip()
            return [
                Segment(text, self._style("fresh")),
                Segment(" " * (room - Segment(text).cell_length), self._style("chosen")),
            ]
        chosen = self._style("chosen")
        strip = Strip([Segment(shown, chosen)])
        before, under, after = strip.divide([place, place + 1, room])
        return [
            *before, *under.apply_style(self._style("cursor")), *after,
        ]  # fmt: skip
