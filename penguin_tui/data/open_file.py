"""Opening a data file: its path, how it is written, and which column is the target."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from engine.specs.data import PENGUINS
from penguin_tui.bars.keys import key_of
from penguin_tui.data.data_choice import with_file
from penguin_tui.data.file_preview import described, glanced, guesses, preview
from penguin_tui.data.likely_target import likely_target
from penguin_tui.data.path_completion import Entry, common, entries, recent
from penguin_tui.data.reading_fields import ReadingFields
from penguin_tui.forms.choice_field import ChoiceField
from penguin_tui.forms.line_input import LineInput
from penguin_tui.presentation.text import clipped
from penguin_tui.tables.text_lines import of_texts
from penguin_tui.terminal.gate import visible

if TYPE_CHECKING:
    from engine.sources.inspect import FileFacts


class PathInput(LineInput):
    """A path that completes itself: tab as in a shell, up and down through what fits."""

    BINDING_GROUP_TITLE = "In the path"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "screen.complete", "Complete", id="path.complete", priority=True,
                tooltip="Complete the path as far as it is the only one."),
        Binding("down", "screen.to_entries", "Choose", id="path.choose",
                tooltip="Choose among the folders and files listed."),
    ]  # fmt: skip


class OpenCsv(ModalScreen[dict[str, Any] | None]):
    """Ends with the fields of a data spec (data, target, how to read), or with None."""

    CSS_PATH = "open_file.tcss"
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - Textual's own type
        (0, "-short"),
        (36, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="open.leave", tooltip="One step out."),
        Binding(
            "ctrl+r", "take", "Open", id="open.take", tooltip="Open the file with this target."
        ),
    ]

    def __init__(self, choice: Mapping[str, Any]) -> None:
        super().__init__()
        self._choice = dict(choice)
        self._facts: FileFacts | None = None
        self._entries: list[Entry] = []

    def compose(self) -> ComposeResult:
        """Path, what fits, how it is read, the columns."""
        with Vertical(id="box") as box:
            box.border_title = "Open data"
            yield Label("A data file, or 'penguins'", classes="name")
            path = PathInput(self._file, id="path", max_length=4096)
            yield path
            yield OptionList(id="entries", markup=False)
            yield Static(id="problem", markup=False)
            with Vertical(id="file"):
                yield Static(id="facts", markup=False)
                yield ReadingFields(self._choice)
                yield Static(id="preview", markup=False)
                yield Label("Target: the column that holds the class", classes="name")
                yield OptionList(id="target", markup=False)
            complete, back = key_of(path, "path.complete"), key_of(self, "open.leave")
            keys = f"{complete} completes · enter continues, and opens at the target · {back} back"
            yield Static(keys, classes="keys", markup=False)

    def on_mount(self) -> None:
        """Begin with the file that is open; what is typed replaces it."""
        self._look_again()

    @property
    def _file(self) -> str:
        """The path to begin with; empty for the packaged data, to see what else there is."""
        data = str(self._choice.get("data", PENGUINS))
        return "" if data == PENGUINS else data

    @property
    def _path(self) -> str:
        return self.query_one("#path", Input).value.strip()

    # -- what was typed ---------------------------------------------------------------------------

    def on_input_changed(self) -> None:
        """Another path: see what fits and whether it is a file."""
        self._look_again()

    def on_choice_field_changed(self, message: ChoiceField.Changed) -> None:
        """Another way to read it: look again."""
        message.stop()
        self._look_again()

    def _look_again(self) -> None:
        self.run_worker(self._look(), group="look", exclusive=True)

    async def _look(self) -> None:
        """List what fits, and peek into the file if there is one. Slow disks block nothing."""
        path = self._path
        found = await asyncio.to_thread(entries, path)
        if not path:
            found = await asyncio.to_thread(recent, getattr(self.app, "recent_files", ())) + found
        facts, problem = await asyncio.to_thread(
            glanced, path, self.query_one(ReadingFields).settings()
        )
        self._entries = [one for one in found if one.text != path]
        listed = self.query_one("#entries", OptionList)
        listed.clear_options()
        listed.add_options(
            [
                Content(visible(clipped(one.name if path else one.text, 200)))
                for one in self._entries
            ]
        )
        listed.set_class(facts is not None or not self._entries, "-gone")
        unfinished = path.endswith("/") or (bool(self._entries) and facts is None)
        said = self.query_one("#problem", Static)
        said.update(of_texts(problem))
        said.display = bool(problem) and not unfinished
        self._show(facts)

    def _show(self, facts: "FileFacts | None") -> None:
        before = self._facts
        self._facts = facts
        self.query_one("#file").display = facts is not None
        if facts is None:
            return
        self.query_one("#facts", Static).update(of_texts(described(facts)))
        self.query_one("#preview", Static).update(of_texts(preview(facts)))
        self.query_one(ReadingFields).show_guesses(guesses(facts))
        if before is None or before.columns != facts.columns:
            target = self.query_one("#target", OptionList)
            target.clear_options()
            target.add_options(
                [Option(Content(visible(clipped(name, 80)))) for name in facts.columns]
            )
            target.highlighted = facts.columns.index(
                likely_target(facts, str(self._choice.get("target", "")))
            )

    # -- keys --------------------------------------------------------------------------------------

    def action_complete(self) -> None:
        """Complete the path; when there is nothing to complete, to the next field."""
        path = self._path
        completed = (
            self._entries[0].text if len(self._entries) == 1 else common(self._entries, path)
        )
        if completed != path:
            self._type(completed)
        else:
            self.focus_next()

    def action_to_entries(self) -> None:
        """Go down to what fits, or to the target."""
        listed = self.query_one("#entries", OptionList)
        if listed.has_class("-gone"):
            self.action_on()
        else:
            listed.focus()
            listed.highlighted = 0

    def _type(self, text: str) -> None:
        field = self.query_one("#path", Input)
        field.value = text
        field.cursor_position = len(text)

    def on_input_submitted(self) -> None:
        """Enter in the path: into the folder, or on to the target."""
        if self._facts is None and len(self._entries) == 1:
            self._type(self._entries[0].text)
        else:
            self.action_on()

    def action_on(self) -> None:
        """On to the target, if the file can be read."""
        if self._facts is not None:
            self.query_one("#target").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """An entry becomes the path; a target opens the file."""
        if event.option_list.id == "entries":
            self._type(self._entries[event.option_index].text)
            self.query_one("#path").focus()
        else:
            self.action_take()

    def action_leave(self) -> None:
        """From the list or the target back to the path, from the path out."""
        if self.focused is None or self.focused.id == "path":
            self.dismiss(None)
        else:
            self.query_one("#path").focus()

    def action_take(self) -> None:
        """Open the file with the chosen target."""
        place = self.query_one("#target", OptionList).highlighted
        if self._facts is None or place is None:
            return
        target = self._facts.columns[place]
        self.dismiss(
            with_file(self._choice, self._path, target, self.query_one(ReadingFields).settings())
        )
