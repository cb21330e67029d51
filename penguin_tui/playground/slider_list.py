"""The settings of the playground as a list: arrows turn the one under the cursor."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from engine.specs.kinds.playground import PlaygroundQuestion
from penguin_tui.playground.sliders import SLIDERS, Known, Slider
from penguin_tui.presentation.text import fitted
from penguin_tui.tables.selectable import SelectableLines

LABEL, TRACK = 13, 9


class SliderList(SelectableLines, can_focus=True):
    """Shows a question's settings; `Turned` is sent at every key that changes one."""

    BINDING_GROUP_TITLE = "Settings of the playground"
    STYLES = ("label", "current", "value", "track", "muted")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"slider--{name}" for name in STYLES}
    DEFAULT_CSS = """
    SliderList {
        overflow-x: hidden; scrollbar-size-vertical: 1; padding: 0 1;
        .slider--label { color: $foreground 85%; }
        .slider--current { color: $accent; text-style: bold; }
        .slider--value { color: $foreground; }
        .slider--track { color: $foreground 60%; }
        .slider--muted { color: $foreground 60%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "turn(1)", "Next value", id="play.more", key_display="←→",
                tooltip="The next value: the networks are trained anew at once."),
        Binding("left", "turn(-1)", "Previous value", show=False, id="play.less",
                tooltip="The previous value."),
        Binding("down,tab", "step(1)", "Next field", show=False, id="play.next",
                tooltip="Go to the next setting."),
        Binding("up,shift+tab", "step(-1)", "Previous field", show=False, id="play.previous",
                tooltip="Go to the previous setting."),
        Binding("backspace", "reset", "Reset", show=False, id="play.reset",
                tooltip="Give the setting the value again that it had when the screen was opened."),
    ]  # fmt: skip

    class Turned(Message):
        """A setting has another value."""

        def __init__(self, question: PlaygroundQuestion) -> None:
            super().__init__()
            self.question = question

    def __init__(self, question: PlaygroundQuestion) -> None:
        super().__init__()
        self.question, self._first = question, question
        self.known = Known()
        self._place = 0
        self._sliders = self._turnable()

    def on_mount(self) -> None:
        """As many lines as there are settings."""
        self._fit()

    def on_resize(self) -> None:
        """The lines are as long as there is room."""
        self._fit()

    def _fit(self) -> None:
        self.virtual_size = Size(max(1, self.size.width), len(self._sliders))

    def _turnable(self) -> list[Slider]:
        """The settings that this question has values for."""
        return [s for s in SLIDERS if s.values(self.question, self.known)]

    def _steps(self) -> dict[str, tuple[object, list[object]]]:
        """The value of each setting by name, and the ladder that it is a step of."""
        question, known = self.question, self.known
        return {s.name: (s.value(question), s.values(question, known)) for s in self._sliders}

    @property
    def current(self) -> Slider:
        """The one under the cursor."""
        sliders = self._sliders
        return sliders[min(self._place, len(sliders) - 1)]

    @property
    def about(self) -> str:
        """What the setting under the cursor is."""
        return self.current.help

    def show(self, question: PlaygroundQuestion, known: Known | None = None) -> None:
        """Show another question, and what the last answer has said of the data."""
        known = known or self.known
        if (question, known) == (self.question, self.known):
            return
        before, name = self._steps(), self.current.name
        self.question, self.known = question, known
        self._sliders = self._turnable()
        after = self._steps()
        if before.keys() != after.keys():
            names = list(after)
            self._place = names.index(name) if name in names else min(self._place, len(names) - 1)
            self._fit()
            self.refresh()
            return
        for line, slider in enumerate(after):
            if before[slider] != after[slider]:
                self.refresh(Region(0, line - self.scroll_offset.y, self.size.width, 1))

    def begin(self, question: PlaygroundQuestion) -> None:
        """Begin anew with other settings."""
        self._first = question
        self.show(question)

    # -- keys ----------------------------------------------------------------------------------

    def action_turn(self, step: int) -> None:
        """Another value of the setting under the cursor."""
        self._take(self.current.turned(self.question, self.known, step))

    def action_step(self, step: int) -> None:
        """The next setting, or the one before."""
        self._place = max(0, min(len(self._sliders) - 1, self._place + step))
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if not top <= self._place < top + height:
            self.scroll_to(y=max(0, self._place - height // 2), animate=False, immediate=True)
        self.post_message(self.Stepped())
        self.refresh()

    class Stepped(Message):
        """The cursor is on another setting."""

    def action_reset(self) -> None:
        """The first value of the setting under the cursor."""
        slider = self.current
        self._take(slider.changed(self.question, slider.value(self._first)))

    def _take(self, question: PlaygroundQuestion) -> None:
        if question != self.question:
            self.show(question)
            self.post_message(self.Turned(question))

    def on_click(self, event: events.Click) -> None:
        """To the setting under the mouse."""
        place = event.y + self.scroll_offset.y
        if place < len(self._sliders):
            self.action_step(place - self._place)

    def copied(self) -> str:
        """The value under the cursor."""
        return self.current.shown(self.current.value(self.question))

    # -- drawing -------------------------------------------------------------------------------

    def content_line(self, number: int) -> Strip:
        """The setting of a line."""
        sliders = self._sliders
        width = self.size.width
        if number >= len(sliders):
            return Strip.blank(width, self.base_style)
        slider = sliders[number]
        current = number == self._place
        values = slider.values(self.question, self.known)
        now = slider.value(self.question)
        mark = "▸ " if current and self.has_focus else "  "
        label = Segment(mark + fitted(slider.label, LABEL) + " ",
                        self._style("current" if current else "label"))  # fmt: skip
        room = max(4, width - LABEL - 3)
        look = self._style("current" if current else "value")
        if slider.is_choice:
            shown = slider.shown(now) or "…"
            text = [Segment("‹ ", self._style("track")),
                    Segment(fitted(shown, min(len(shown), room - 4)), look),
                    Segment(" ›", self._style("track"))]  # fmt: skip
        else:
            place = values.index(now) * (TRACK - 1) // max(1, len(values) - 1)
            text = [Segment("━" * place, self._style("track")), Segment("●", look),
                    Segment("━" * (TRACK - 1 - place), self._style("track")),
                    Segment(" " + fitted(slider.shown(now), room - TRACK - 1), look)]  # fmt: skip
        return Strip([label, *text]).adjust_cell_length(width, self.base_style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"slider--{name}")
