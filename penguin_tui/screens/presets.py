"""The post's networks, each filled into the form with one key."""

from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from engine.knobs import show
from engine.presets import TRAIN_PRESETS


class PresetScreen(ModalScreen[str | None]):
    """Returns the name of the chosen preset, or None."""

    DEFAULT_CSS = """
    PresetScreen {
        align: center middle;
        OptionList {
            width: 74; max-width: 96%; height: auto; max-height: 90%;
            border: round $accent; border-title-color: $accent; background: $surface;
            padding: 0 1;
            &:focus { border: round $accent; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,p,q", "dismiss(None)", "Close", id="presets.close"),
    ]

    def compose(self) -> ComposeResult:
        """One line for each."""
        names = list(TRAIN_PRESETS)
        box = OptionList(
            *(
                Option(
                    Content.assemble(
                        (str(number), "bold $accent"), f"  {name:<15} ",
                        (preset_line(TRAIN_PRESETS[name]), "$foreground 70%"),
                    ),
                    id=name,
                )
                for number, name in enumerate(names, start=1)
            )
        )  # fmt: skip
        box.border_title = "The post's networks: press the number"
        yield box

    def on_key(self, event: events.Key) -> None:
        """A number takes that preset."""
        names = list(TRAIN_PRESETS)
        if event.character and event.character.isdecimal() and event.character.isascii():
            number = int(event.character)
            if 1 <= number <= len(names):
                event.stop()
                self.dismiss(names[number - 1])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click takes the preset."""
        event.stop()
        self.dismiss(event.option_id)


def preset_line(fields: dict[str, Any]) -> str:
    """What is special about a preset, in a line."""
    layers = show(fields["hidden_layers"])
    parts = [layers or "no hidden layer", f"{fields['epochs']} epochs"]
    schedule = fields["schedule"]["name"]
    if schedule != "constant":
        parts.append(f"{schedule.replace('_', ' ')} from {show(fields['learning_rate'])}")
    if fields["kernel_l1"] or fields["kernel_l2"]:
        parts.append("L1, L2")
    if fields["dropout"]:
        parts.append(f"dropout {show(fields['dropout'])}")
    if fields["early_stopping"]:
        parts.append("stops early")
    return " · ".join(parts)
