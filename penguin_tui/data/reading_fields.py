"""How a data file is read: a field for each guess, which says what it came to."""

from collections.abc import Iterator, Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Label

from penguin_tui.forms.choice_field import ChoiceField

AUTO = "auto"
# what a person chooses where empty cells alone are missing values
EMPTY_CELLS = "empty cells"
# in two lines of five
CHOICES: dict[str, tuple[str, ...]] = {
    "delimiter": (AUTO, ",", ";", "tab", "|", ":", "space", "blanks"),
    "quote": (AUTO, '"', "'", "none"),
    "encoding": (
        AUTO, "utf-8", "cp1252", "latin-1", "cp1250", "iso8859_2", "cp1251", "koi8_r", "cp1253",
        "cp1254", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "utf-16",
    ),
    "decimal": (AUTO, ".", ","),
    "thousands": (AUTO, "none", ",", ".", "space", "apostrophe"),
    "header": (AUTO, "yes", "no"),
    "skip_rows": (AUTO, *map(str, range(11))),
    "skip_footer": (AUTO, *map(str, range(6))),
    "comment": (AUTO, "none", "#", "%", "//", ";"),
    "missing_values": (AUTO, EMPTY_CELLS),
}  # fmt: skip
NAMES = {
    "decimal": "decimal mark", "thousands": "thousands", "skip_rows": "lines above",
    "skip_footer": "rows below", "missing_values": "missing",
}  # fmt: skip
_IN_A_LINE = 5


class ReadingFields(Vertical):
    """The fields, beginning with what a choice of data says."""

    DEFAULT_CSS = """
    ReadingFields { height: auto; }
    ReadingFields Horizontal { height: 2; }
    ReadingFields .choice { width: 1fr; height: 2; margin: 0 1 0 0; }
    """

    def __init__(self, choice: Mapping[str, Any]) -> None:
        super().__init__(id="reading")
        self._choice = choice

    def compose(self) -> ComposeResult:
        """A label above each field, in two lines."""
        names = list(CHOICES)
        for start in range(0, len(names), _IN_A_LINE):
            with Horizontal():
                for name in names[start : start + _IN_A_LINE]:
                    with Vertical(classes="choice"):
                        yield Label(NAMES.get(name, name), classes="name")
                        yield self._field(name)

    def _field(self, name: str) -> ChoiceField:
        from engine.specs.typed_text import show

        value = self._choice.get(name, AUTO)
        text = EMPTY_CELLS if value in ([], ()) else AUTO if value is None else show(value)
        options = CHOICES[name]
        field = ChoiceField(options if text in options else (*options, text), text)
        field.id = name
        return field

    def show_guesses(self, guesses: Mapping[str, str]) -> None:
        """Say beside each "auto" what that has come to."""
        for name in CHOICES:
            self.query_one(f"#{name}", ChoiceField).guess = guesses.get(name, "")

    def settings(self) -> dict[str, Any]:
        """The settings that are not "auto", as fields of a data spec."""
        from engine.specs.kinds.describe import DescribeSpec
        from engine.specs.parsing import assign

        return assign(DescribeSpec, {}, self._told())

    def _told(self) -> Iterator[tuple[str, str]]:
        for name in CHOICES:
            text = self.query_one(f"#{name}", ChoiceField).value
            if text != AUTO:
                yield name, "" if text == EMPTY_CELLS else text
