"""The form of any kind of run, made from the declared settings of its spec."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from penguin_tui.bars.keys import key_of
from penguin_tui.forms.form import Entry, Reading, Sheet, filled, sections
from penguin_tui.forms.form_fields import FormFields

ALONE = 76


class SpecForm(Vertical):
    """Fields in groups, checked as one types; the help of the current one at the bottom.

    `fields` are the JSON fields as typed, `reading` what they come to, `load`
    fills the form. Every change posts one `FormChanged`. Fields that are not
    entered here, such as `vary`, go in by `put`. `beside` stands at the right.
    """

    DEFAULT_CSS = """
    SpecForm {
        height: 1fr;
        #form-row { height: 1fr; }
        &.-alone .form-beside { display: none; }
        #form-help { height: 2; padding: 0 1; color: $foreground 75%; background: $surface; }
    }
    """

    class FormChanged(Message):
        """Something was typed; the reading's `spec` is None while there are problems."""

        def __init__(self, form: "SpecForm", reading: Reading) -> None:
            super().__init__()
            self.form = form
            self.reading = reading

    def __init__(
        self,
        kind: str,
        fields: Mapping[str, Any],
        *,
        exclude: tuple[str, ...] = (),
        beside: Widget | None = None,
    ) -> None:
        super().__init__()
        self.kind = kind
        self._sheet: Sheet = filled(kind, fields)
        self.reading = self._sheet.read()
        self._beside = beside
        self._fields = FormFields(
            sections(kind, exclude), lambda: (self._sheet, self.reading), self.put_text
        )

    def compose(self) -> ComposeResult:
        """The fields and what stands beside them; below, the help of one of them."""
        with Horizontal(id="form-row"):
            yield self._fields
            if self._beside is not None:
                self._beside.add_class("form-beside")
                yield self._beside
        yield Static("", id="form-help", markup=False)

    def on_mount(self) -> None:
        """Begin with the keys of the form."""
        self.say(self._keys())

    def _keys(self) -> str:
        into, edit, back, on, reset = (
            key_of(self._fields, f"form.{name}")
            for name in ("next", "edit", "choose_back", "choose", "reset")
        )
        return (
            f"{into} enters the form, {edit} edits a field, {back} {on} change a choice,"
            f" {reset} resets."
        )

    def on_resize(self, event: events.Resize) -> None:
        """Where it is narrow the fields have all the room."""
        self.set_class(event.size.width < ALONE, "-alone")

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON fields as typed, whether allowed or not."""
        return self._sheet.fields

    def load(self, fields: Mapping[str, Any]) -> None:
        """Fill the form; fields that are not given take their defaults."""
        self._take(filled(self.kind, fields))

    def put(self, name: str, value: Any) -> None:
        """Set a field that has no line in the form."""
        self._take(self._sheet.with_extra(name, value))

    def text(self, entry: str) -> str:
        """What stands in a field."""
        return self._sheet.texts[entry]

    def enter(self, entry: str) -> None:
        """Go into a field."""
        self._fields.enter_named(entry)

    def enter_first(self) -> None:
        """Go into the first field."""
        self._fields.focus(scroll_visible=False)
        self._fields.enter(self._fields.entries[0])

    def leave(self) -> None:
        """Out of the fields; the form keeps the keys."""
        self._fields.enter(None)
        self._fields.focus(scroll_visible=False)

    def enter_problem(self) -> bool:
        """Go to the first field that has a problem; returns whether there is one."""
        for entry in self._fields.entries:
            if entry.id in self.reading.problems:
                self.enter(entry.id)
                return True
        return False

    def refuse(self, message: str) -> None:
        """Show a problem of the data at the field that `message` begins with, until it changes.

        A sentence about none of the fields changes nothing.
        """
        name, colon, problem = message.partition("\n")[0].partition(": ")
        if colon and any(entry.id == name for entry in self._fields.entries):
            self.reading = replace(self.reading, problems={name: problem})
            self._fields.renew()
            self.enter(name)

    def say(self, text: str) -> None:
        """Show a line in place of the help."""
        self.query_one("#form-help", Static).update(text, layout=False)

    def _take(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.reading = sheet.read()
        self._fields.renew()
        self.post_message(self.FormChanged(self, self.reading))

    def put_text(self, entry: Entry, text: str) -> None:
        """Put a text into a field."""
        self._take(self._sheet.typed(entry.id, text))
        if entry.options:
            self._explain(entry)

    def on_form_fields_entered(self, event: FormFields.Entered) -> None:
        """Show the help of the field."""
        event.stop()
        self._explain(event.entry)

    def _explain(self, entry: Entry | None) -> None:
        self.say(entry.help(self.text(entry.id)) if entry is not None else self._keys())
