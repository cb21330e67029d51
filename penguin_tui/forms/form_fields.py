"""The fields of a form as they are edited: which one is current, and what keys do to it."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from penguin_tui.forms.form import Entry, Reading, Section, Sheet, filled
from penguin_tui.forms.form_lines import LABEL_WIDTH, Line
from penguin_tui.forms.form_view import FormView
from penguin_tui.forms.text_editor import EDIT_KEYS, TextLine

# more possible values than these are chosen from a list
FEW = 2


class FormFields(FormView):
    """One field at a time is the current one; unless it is edited, single keys are commands."""

    BINDING_GROUP_TITLE = "Form"
    DEFAULT_CSS = "FormFields { height: 1fr; scrollbar-gutter: stable; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "Edit", id="form.edit",
                tooltip="Edit the field; once more keeps the text, esc restores what was there."),
        Binding("backspace", "reset", "Reset", show=False, id="form.reset",
                tooltip="Give the field its default again."),
        Binding("down,tab", "step(1)", "Next field", show=False, id="form.next",
                tooltip="Go to the next field."),
        Binding("up,shift+tab", "step(-1)", "Previous field", show=False, id="form.previous",
                tooltip="Go to the previous field."),
        Binding("right,space", "choose(1)", "Next value", show=False, id="form.choose",
                tooltip="In a field with ‹ ›: take the next of the possible values."),
        Binding("left", "choose(-1)", "Previous value", show=False, id="form.choose_back",
                tooltip="In a field with ‹ ›: take the previous one."),
        Binding("a", "everything", "Advanced settings", show=False, id="form.everything",
                tooltip="Show the advanced settings as well, or hide them."),
        Binding("escape", "leave", "Leave field", id="form.leave",
                tooltip="Leave the field; while it is edited, restore what was there."),
        *EDIT_KEYS,
    ]  # fmt: skip

    class Above(Message):
        """The person goes up from the first field."""

    class Listed(Message):
        """The person wants to choose the value of a field from a list."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

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
        super().__init__(sections, contents)
        self._typed = typed

    # -- moving -------------------------------------------------------------------------------

    def enter(self, entry: Entry | None) -> None:
        """Make a field the current one, or none."""
        if entry != self.current:
            self.keep()
            self._refresh_entry(self.current)
            self.current = entry
            self._refresh_entry(entry)
            if entry is not None:
                self._show_entry(entry)
            self.post_message(self.Entered(entry))
            self.refresh_bindings()

    def enter_named(self, entry_id: str) -> None:
        """Edit a field."""
        found = next((e for e in self.entries if e.id == entry_id), None)
        self.focus(scroll_visible=False)
        self.enter(found)
        self.edit()

    def action_step(self, step: int) -> None:
        """The next field, or the one before; past the last one the next widget."""
        entries = self.entries
        if not entries:
            return  # there has been no room yet
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
        """Out of the text as it was before, then out of the field."""
        if not self.restore():
            self.enter(None)

    def action_everything(self) -> None:
        """Show the advanced settings, or hide them."""
        self._everything = not self._everything
        self.renew()

    # -- editing ------------------------------------------------------------------------------

    def action_enter(self) -> None:
        """Into the first field; edit a text, or keep it and go on; list what can be chosen."""
        entry = self.current
        if entry is None or self.typing:
            self.action_step(1)
        elif len(entry.options) > FEW:
            self.post_message(self.Listed(entry))
        elif entry.options:
            self.choose(1)
        else:
            self.edit()

    def action_reset(self) -> None:
        """The default of the current field; in a text that is edited, one character less."""
        entry = self.current
        if entry is not None:
            self._typed(entry, filled(self._contents()[0].kind, {}).texts[entry.id])

    def choose(self, step: int) -> None:
        """Take another value of the current field."""
        entry = self.current
        if entry is not None:
            text = self._contents()[0].texts[entry.id]
            place = entry.options.index(text) if text in entry.options else -1
            self._typed(entry, entry.options[(place + step) % len(entry.options)])

    def put(self, line: TextLine) -> None:
        """Hand the text of the current field on."""
        if self.current is not None:
            self._typed(self.current, line.text)

    @property
    def here(self) -> str | None:
        """The text of the current field."""
        if self.current is None or self.current.options:
            return None
        return self._contents()[0].texts[self.current.id]

    def on_click(self, event: events.Click) -> None:
        """Into the field under the mouse; on a choice the next value, on ‹ the one before."""
        width = self._room // len(self._columns)
        column, x = divmod(event.x, max(1, width))
        lines = self._columns[min(column, len(self._columns) - 1)]
        y = event.y + self.scroll_offset.y
        line = lines[y] if y < len(lines) else Line("blank")
        if line.kind == "muted":
            self.action_everything()
        elif line.entry is not None:
            here = line.entry == self.current
            self.enter(line.entry)
            self.edit()
            if x >= LABEL_WIDTH and line.entry.options and (here or x < LABEL_WIDTH + 2):
                self.action_choose(-1 if x < LABEL_WIDTH + 2 else 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of a field only in a field, those of a text only while it is edited."""
        if action in ("enter", "leave", "choose"):
            return self.current is not None or action == "enter"
        if action == "reset":
            return self.current is not None and not self.typing
        return self.typing if action == "edit" else True
