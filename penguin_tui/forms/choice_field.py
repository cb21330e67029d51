"""A field with a few possible values, on one line."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class ChoiceField(Widget, can_focus=True):
    """Shows the chosen value between arrows; left and right (or a click) change it."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Choice"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice-field--arrow"}
    DEFAULT_CSS = """
    ChoiceField {
        height: 1;
        background: $surface;
        color: $foreground;
        .choice-field--arrow { color: $accent; }
        &:focus {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
            .choice-field--arrow { color: $block-cursor-foreground; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right,space", "next(1)", "Next value", id="choice.next", key_display="←→",
            tooltip="Take the next of the possible values.",
        ),
        Binding(
            "left", "next(-1)", "Previous value", id="choice.previous", show=False,
            tooltip="Take the previous one.",
        ),
    ]  # fmt: skip

    value: reactive[str] = reactive("")
    # what "auto" has come to, shown beside it
    guess: reactive[str] = reactive("")

    class Changed(Message):
        """Another value was chosen."""

        def __init__(self, field: "ChoiceField", value: str) -> None:
            super().__init__()
            self.field = field
            self.value = value

    def __init__(self, options: tuple[str, ...], value: str) -> None:
        super().__init__()
        self._options = options
        self.set_reactive(ChoiceField.value, value)

    def render(self) -> Content:
        """The value between arrows."""
        arrow = self.get_visual_style("choice-field--arrow")
        value = f"auto: {self.guess}" if self.guess and self.value == "auto" else self.value
        return Content.assemble(("‹ ", arrow), value, (" ›", arrow))

    def action_next(self, step: int) -> None:
        """Go on by `step` among the options, round and round."""
        place = self._options.index(self.value) if self.value in self._options else -1
        self.value = self._options[(place + step) % len(self._options)]
        self.post_message(self.Changed(self, self.value))

    def on_click(self, event: events.Click) -> None:
        """On the left arrow the previous value, anywhere else the next."""
        self.action_next(-1 if event.x < 2 else 1)
