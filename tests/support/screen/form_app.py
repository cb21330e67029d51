"""A form and nothing else, on a screen of its own."""

from collections.abc import Mapping
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from penguin_tui.forms.form_fields import FormFields
from penguin_tui.forms.spec_form import SpecForm


class FormApp(App[None]):
    """A form and nothing else; remembers what it was told."""

    def __init__(self, kind: str = "train", fields: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.form = SpecForm(kind, fields or {})
        self.told: list[SpecForm.FormChanged] = []

    def compose(self) -> ComposeResult:
        yield self.form

    def on_spec_form_form_changed(self, message: SpecForm.FormChanged) -> None:
        self.told.append(message)


async def type_into(pilot: Pilot[None], app: FormApp, entry: str, text: str) -> None:
    """Go to a field and type over what is in it."""
    app.form.enter(entry)
    await pilot.pause()
    for character in text:
        await pilot.press("space" if character == " " else character)
    await pilot.pause()


def labels_of(app: FormApp) -> str:
    """The labels of all fields that have a place, scrolled to or not."""
    return "\n".join(entry.label for entry in app.query_one(FormFields).entries)
