"""One setting of a form: name, field, unit, and what is to be said about it."""

import textwrap
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from penguin_tui.forms import Entry
from penguin_tui.text import harmless
from penguin_tui.widgets.choice_field import ChoiceField

LABEL_WIDTH = 21
UNIT_WIDTH = 9


class FieldRow(Widget):
    """A line of a form; a problem or a warning stands under the field, next to it.

    Name, unit and message are drawn by the row itself; the field is its only
    child, which keeps a form of fifty settings light.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "field-row--label", "field-row--unit", "field-row--problem", "field-row--warning",
    }  # fmt: skip
    DEFAULT_CSS = f"""
    FieldRow {{
        height: auto;
        layout: vertical;
        text-wrap: nowrap;
        &>Input, &>ChoiceField {{ margin: 0 {UNIT_WIDTH} 0 {LABEL_WIDTH}; width: 1fr; }}
        .field-row--label {{ color: $foreground 85%; }}
        .field-row--unit {{ color: $foreground 60%; }}
        .field-row--problem {{ color: $error; }}
        .field-row--warning {{ color: $warning; }}
        &.-editing .field-row--label {{ color: $accent; text-style: bold; }}
    }}
    """

    class Changed(Message):
        """The text of a setting has changed."""

        def __init__(self, entry: Entry, text: str) -> None:
            super().__init__()
            self.entry = entry
            self.text = text

    class Focused(Message):
        """A setting is being edited."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, entry: Entry, text: str) -> None:
        super().__init__()
        self.entry = entry
        self.problem = ""
        self.warning = ""
        self._control: Input | ChoiceField = (
            ChoiceField(entry.options, text) if entry.options else _input(text)
        )

    def compose(self) -> ComposeResult:
        """The field."""
        yield self._control

    @property
    def text(self) -> str:
        """What is in the field."""
        return self._control.value

    @text.setter
    def text(self, text: str) -> None:
        with self.prevent(Input.Changed, ChoiceField.Changed):
            self._control.value = text

    @property
    def control(self) -> Widget:
        """The field, to be focused."""
        return self._control

    def say(self, problem: str, warning: str) -> None:
        """Show what is wrong or unusual, or nothing."""
        if (problem, warning) == (self.problem, self.warning):
            return
        self.problem, self.warning = problem, warning
        self._control.set_class(bool(problem), "-invalid")
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line for the field, and those of the message."""
        return 1 + len(self._message(width))

    def render(self) -> Content:
        """All but the field."""
        indent = "  └ " if self.entry.parent else ""
        label = f" {indent}{self.entry.label}"[:LABEL_WIDTH]
        unit = self.entry.knob.unit
        gap = max(1, self.size.width - UNIT_WIDTH + 1 - len(label))
        kind = "problem" if self.problem else "warning"
        lines = [
            Content.assemble(
                (label, self.get_visual_style("field-row--label")),
                " " * gap,
                (unit, self.get_visual_style("field-row--unit")),
            )
        ]
        style = self.get_visual_style(f"field-row--{kind}")
        lines += [
            Content.styled(f"{' ' * self._indent}{line}", style)
            for line in self._message(self.size.width)
        ]
        return Content("\n").join(lines)

    @property
    def _indent(self) -> int:
        return min(LABEL_WIDTH, max(3, self.size.width - 34))

    def _message(self, width: int) -> list[str]:
        text = f"✗ {self.problem}" if self.problem else f"! {self.warning}" if self.warning else ""
        room = max(12, width - min(LABEL_WIDTH, max(3, width - 34)) - 1)
        return textwrap.wrap(harmless(text), room, subsequent_indent="  ")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what was typed."""
        event.stop()
        self.post_message(self.Changed(self.entry, event.value))

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """Say what was chosen."""
        event.stop()
        self.post_message(self.Changed(self.entry, event.value))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say which setting is edited."""
        self.add_class("-editing")
        self.post_message(self.Focused(self.entry))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """The label goes back to plain."""
        self.remove_class("-editing")


def _input(text: str) -> Input:
    field = Input(text, compact=True)
    # a calm screen sends nothing while nobody types
    field.cursor_blink = False
    return field
