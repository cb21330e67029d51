"""The form of any kind of run, made from the declared settings of its spec."""

from collections.abc import Mapping
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from engine.specs import RunSpec
from penguin_tui.forms import Entry, Reading, Section, Sheet, filled, sections
from penguin_tui.widgets.field_row import FieldRow

TWO_COLUMNS = 84
WELCOME = "Tab or ↓ goes through the settings, ← → change a choice, Esc leaves a field."


class SpecForm(Vertical, can_focus=True):
    """Fields in groups, checked as one types; the help of the focused one at the bottom.

    `fields` are the JSON fields as typed, `reading` what they come to, `load`
    fills the form. Every change posts one `FormChanged`. Fields that are not
    entered here, such as `vary`, go in by `put`.
    """

    BINDING_GROUP_TITLE = "Form"
    DEFAULT_CSS = """
    SpecForm {
        height: 1fr;
        #form-fields { height: 1fr; scrollbar-size-vertical: 1; }
        .form-column { width: 1fr; height: auto; padding-right: 1; }
        &.-two #form-fields { layout: horizontal; }
        .form-heading { color: $accent; text-style: bold; margin-top: 1; padding-left: 1; }
        .form-heading.-first { margin-top: 0; }
        &.-two .form-heading.-top { margin-top: 0; }
        .form-more { color: $foreground 70%; margin: 1 0 0 1; width: 1fr; }
        #form-help {
            height: 2; padding: 0 1; color: $foreground 75%; background: $surface;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,enter", "step(1)", "Next field", show=False, id="form.next",
                tooltip="Go to the next field."),
        Binding("up", "step(-1)", "Previous field", show=False, id="form.previous",
                tooltip="Go to the field before."),
        Binding("pagedown", "page(1)", "Page down", show=False, id="form.page_down",
                tooltip="Scroll the form."),
        Binding("pageup", "page(-1)", "Page up", show=False, id="form.page_up",
                tooltip="Scroll the form."),
        Binding("a", "advanced", "All settings", id="form.advanced",
                tooltip="Show the rarely used settings as well, or hide them."),
        Binding("escape", "leave", "Leave field", show=False, id="form.leave",
                tooltip="Leave the field; single keys work again."),
    ]  # fmt: skip

    class FormChanged(Message):
        """Something was typed; `spec` is None while there are problems."""

        def __init__(self, form: "SpecForm", reading: Reading) -> None:
            super().__init__()
            self.form = form
            self.reading = reading

        @property
        def spec(self) -> RunSpec | None:
            """The spec, if everything typed is allowed."""
            return self.reading.spec

        @property
        def problems(self) -> dict[str, str]:
            """What is wrong, by entry."""
            return self.reading.problems

    def __init__(
        self,
        kind: str,
        fields: Mapping[str, Any],
        *,
        leave_out: tuple[str, ...] = (),
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self.kind = kind
        self._sections = sections(kind, leave_out)
        self._sheet: Sheet = filled(kind, fields)
        self._all_shown = False
        self.reading = self._sheet.read()

    # -- for screens --------------------------------------------------------------------------

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON fields as typed, whether allowed or not."""
        return self._sheet.fields

    def load(self, fields: Mapping[str, Any]) -> None:
        """Fill the form; fields that are not given take their defaults."""
        self._sheet = filled(self.kind, fields)
        for row in self.query(FieldRow):
            row.text = self._sheet.texts[row.entry.id]
        self._changed()

    def put(self, name: str, value: Any) -> None:
        """Set a field that has no line in the form."""
        self._sheet = self._sheet.with_extra(name, value)
        self._changed()

    def focus_problem(self) -> bool:
        """Go to the first field that has a problem; returns whether there is one."""
        for row in self.query(FieldRow):
            if row.problem:
                if not row.display:
                    self.action_advanced()
                row.control.focus()
                return True
        return False

    # -- what it looks like ---------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Two columns of groups, one under the other where there is no room; then the help."""
        with _Fields(id="form-fields"):
            for number, column in enumerate(_columns(self._sections)):
                with Vertical(classes="form-column"):
                    for place, section in enumerate(column):
                        heading = _Heading(section)
                        if place == 0:
                            heading.add_class("-first" if number == 0 else "-top")
                        yield heading
                        for entry in section.entries:
                            yield FieldRow(entry, self._sheet.texts[entry.id])
                    if number == 1:
                        yield Static("", classes="form-more", markup=False)
        yield Static(WELCOME, id="form-help", markup=False)

    def on_mount(self) -> None:
        """Show what is to be shown of the first contents."""
        self._unfold()
        self._say()

    def on_resize(self, event: events.Resize) -> None:
        """Two columns where they fit."""
        self.set_class(event.size.width >= TWO_COLUMNS, "-two")

    def _changed(self) -> None:
        self.reading = self._sheet.read()
        self._unfold()
        self._say()
        self.post_message(self.FormChanged(self, self.reading))

    def _unfold(self) -> None:
        hidden = 0
        for row in self.query(FieldRow):
            entry = row.entry
            # a value that is not the default, or is wrong, is never out of sight
            folded = entry.knob.advanced and not self._all_shown and not self._stands_out(entry)
            hidden += folded
            row.display = self._sheet.shown(entry) and not folded
        for heading in self.query(_Heading):
            heading.display = any(
                row.display for row in self.query(FieldRow) if row.entry in heading.section.entries
            )
        more = self.query_one(".form-more", Static)
        more.display = hidden > 0 or self._all_shown
        more.update(
            "▾ a  hides the rarely used settings" if self._all_shown
            else f"▸ a  shows {hidden} more settings, rarely used"
        )  # fmt: skip

    def _stands_out(self, entry: Entry) -> bool:
        default = filled(self.kind, {}).texts[entry.id]
        return self._sheet.texts[entry.id] != default or entry.id in self.reading.problems

    def _say(self) -> None:
        for row in self.query(FieldRow):
            name = row.entry.id
            row.say(self.reading.problems.get(name, ""), self.reading.warnings.get(name, ""))

    # -- what happens ---------------------------------------------------------------------------

    def on_field_row_changed(self, event: FieldRow.Changed) -> None:
        """Check the whole form."""
        event.stop()
        if self._sheet.texts[event.entry.id] != event.text:
            self._sheet = self._sheet.typed(event.entry.id, event.text)
            self._changed()

    def on_field_row_focused(self, event: FieldRow.Focused) -> None:
        """Show the help of the field."""
        event.stop()
        self.query_one("#form-help", Static).update(event.entry.help)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field."""
        event.stop()
        self.action_step(1)

    def on_click(self, event: events.Click) -> None:
        """The line about more settings is a button as well."""
        if event.widget is not None and event.widget.has_class("form-more"):
            self.action_advanced()

    def action_step(self, step: int) -> None:
        """Go to the next or the previous field."""
        fields = [row.control for row in self.query(FieldRow) if row.display]
        focused = self.screen.focused
        place = fields.index(focused) + step if focused in fields else 0 if step > 0 else -1
        if -1 <= place < len(fields) and (place >= 0 or focused not in fields):
            fields[place].focus()

    def action_page(self, step: int) -> None:
        """Scroll by a page."""
        self.query_one("#form-fields").scroll_relative(
            y=step * (self.query_one("#form-fields").size.height - 1), animate=False
        )

    def action_advanced(self) -> None:
        """Show all settings, or only those of every day."""
        self._all_shown = not self._all_shown
        self._unfold()

    def action_leave(self) -> None:
        """Out of the field, into the form."""
        self.query_one("#form-help", Static).update(WELCOME)
        self.focus(scroll_visible=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Outside of a field, escape belongs to the screen."""
        return not self.has_focus if action == "leave" else True


class _Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The scrolled part; up and down belong to the form."""


class _Heading(Static):
    """The name of a group."""

    def __init__(self, section: Section) -> None:
        super().__init__(section.title, markup=False, classes="form-heading")
        self.section = section


def _columns(found: tuple[Section, ...]) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """The sections in two columns of about the same height, in their order."""
    heights = [
        2 + sum(not entry.knob.advanced and not entry.parent for entry in section.entries)
        for section in found
    ]
    split = min(
        range(1, len(found) + 1),
        key=lambda place: abs(sum(heights[:place]) - sum(heights[place:])),
    )
    return found[:split], found[split:]
