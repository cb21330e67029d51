"""The search space, edited in a table: hyperparameter, kind of its values, their bounds."""

from collections.abc import Mapping
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from penguin_tui.forms.search_space.changes import (
    next_kind,
    next_setting,
    suggested,
    unused,
    with_text,
)
from penguin_tui.forms.search_space.row import Row, tries_every_value
from penguin_tui.forms.search_space.vary import problems, rows_of, vary_of
from penguin_tui.forms.search_space.view import SearchSpaceView
from penguin_tui.forms.text_editor import EDIT_KEYS, TextLine

MAX_ROWS = 20


class SearchSpaceTable(SearchSpaceView):
    """Rows of hyperparameters for a `kind` of run; a `single` one has its values in one text.

    `vary` is what has been typed as a spec's `vary` in JSON, `problems` says
    what is wrong by row. Every change posts one `Changed`.
    """

    BINDING_GROUP_TITLE = "Search space"
    DEFAULT_CSS = "SearchSpaceTable { height: auto; max-height: 45%; min-height: 2; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "choose(1)", "Next value", show=False, id="vary.choose",
                tooltip="In a field with ‹ ›: take the next of the possible values."),
        Binding("left", "choose(-1)", "Previous value", show=False, id="vary.before"),
        Binding("enter", "enter", "Choose or edit", id="vary.enter",
                tooltip="Choose the setting from a list; edit a text, and keep it; esc restores."),
        Binding("tab", "step(1)", "Next field", show=False, id="vary.next",
                tooltip="Go to the next field of the row."),
        Binding("shift+tab", "step(-1)", "Previous field", show=False, id="vary.previous"),
        Binding("down", "move(1)", "Next row", show=False, id="vary.down",
                tooltip="The next row; below the last one are the other settings."),
        Binding("up", "move(-1)", "Previous row", show=False, id="vary.up"),
        Binding("plus,insert", "add", "Add", id="vary.add",
                tooltip="Add a hyperparameter to the search space."),
        Binding("d,ctrl+d", "remove", "Remove", id="vary.remove",
                tooltip="Remove this hyperparameter (^d while typing)."),
        Binding("escape", "leave", "Leave field", show=False, id="vary.leave"),
        *EDIT_KEYS,
    ]  # fmt: skip

    class Changed(Message):
        """Something else varies, or over other values."""

    class Entered(Message):
        """Another field is the current one; `help` is what to know about it."""

        def __init__(self, help: str) -> None:  # noqa: A002 - the word for it
            super().__init__()
            self.help = help

    class Below(Message):
        """Sent below the last row: the next field is the form's."""

    class Asked(Message):
        """The person wants to choose the setting of the current row from a list."""

        def __init__(self, setting: str) -> None:
            super().__init__()
            self.setting = setting

    # -- contents ---------------------------------------------------------------------------

    @property
    def vary(self) -> dict[str, Any]:
        """What varies in JSON; rows that cannot be read are left out."""
        return vary_of(self.rows)

    def load(self, vary: Mapping[str, Any]) -> None:
        """Show what a spec varies."""
        self._row = 0
        self.replace_rows(rows_of(vary, typed=self.single))

    def replace_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these rows instead."""
        self._cell = -1
        self._take(rows)

    def check(self, kind: str, others: Mapping[str, Any]) -> None:
        """Check all rows again: the kind of run or other settings have changed."""
        self.kind, self._others = kind, others
        found = problems(kind, others, self.rows)
        if found != self.problems:
            self.problems = found
            self._layout_anew()

    def choose_setting(self, setting: str) -> None:
        """Let the current row vary another setting."""
        if self._row < len(self.rows) and setting != self.rows[self._row].setting:
            self._put_row(self._new(setting))
            self._tell()

    def _new(self, setting: str) -> Row:
        return suggested(setting, typed=self.single, listed=tries_every_value(self.kind))

    def _put_row(self, row: Row) -> None:
        self._take((*self.rows[: self._row], row, *self.rows[self._row + 1 :]))

    def _take(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows
        self._row = max(0, min(self._row, len(rows) - 1))
        self.problems = problems(self.kind, self._others, rows)
        self._layout_anew()
        self.post_message(self.Changed())

    # -- moving ----------------------------------------------------------------------------

    def enter(self, row: int = 0, cell: int = 0) -> None:
        """Go into a field."""
        self.focus(scroll_visible=False)
        self.keep()
        if self.rows:
            self._row = max(0, min(row, len(self.rows) - 1))
            self._cell = max(0, min(cell, len(self._cells(self.rows[self._row])) - 1))
            self._arrive()

    def enter_problem(self) -> bool:
        """Go to the first row with a problem; returns whether there is one."""
        if not self.problems:
            return False
        row = min(self.problems)
        here = row == self._row and self._text_place is not None
        self.enter(row, self._cell if here else self._first_text)
        self.edit()
        return True

    def _arrive(self) -> None:
        line = 1 + next(i for i, (row, _) in enumerate(self._lines) if row == self._row)
        self.keep_in_sight(line - 1, line)
        self._tell()
        self.refresh()
        self.refresh_bindings()

    def _tell(self) -> None:
        self.post_message(self.Entered(self.rows[self._row].help if self.rows else ""))

    @property
    def _first_text(self) -> int:
        """The number of the first cell that is typed: after setting and kind."""
        return 1 if self.single else 2

    @property
    def _text_place(self) -> int | None:
        """Which text of the row is being typed, if one is."""
        return self._cell - self._first_text if self._cell >= self._first_text else None

    def action_step(self, step: int) -> None:
        """The next field or the one before, over the ends of rows."""
        if not self.rows:
            self.post_message(self.Below())
            return
        self.keep()
        cell = self._cell + step
        if 0 <= cell < len(self._cells(self.rows[self._row])):
            self._cell = cell
            self._arrive()
        elif cell >= 0:
            self._go(self._row + 1, 0)
        elif self._row > 0:
            self._go(self._row - 1, len(self._cells(self.rows[self._row - 1])) - 1)
        else:
            self.action_leave()

    def action_move(self, step: int) -> None:
        """The same field a row below or above."""
        if self._cell < 0 and step > 0 and self.rows:
            self._cell = 0
            self._arrive()
        else:
            self._go(self._row + step, max(0, self._cell))

    def _go(self, row: int, cell: int) -> None:
        self.keep()
        if row >= len(self.rows):
            self.action_leave()
            self.post_message(self.Below())
        elif row >= 0:
            self.enter(row, cell)

    def action_leave(self) -> None:
        """Out of the text as it was before, then out of the field; the table keeps the keys."""
        if not self.restore():
            self._cell = -1
            self._turned()

    # -- editing -----------------------------------------------------------------------------

    def action_enter(self) -> None:
        """The list of settings, or the next field."""
        if self._cell == 0 and self.rows:
            self.post_message(self.Asked(self.rows[self._row].setting))
        elif self._cell < 0:
            self.action_move(1)
        elif self.here is None or self.typing:
            self.action_step(1)
        else:
            self.edit()

    def action_add(self) -> None:
        """One more row, of a setting that does not vary yet."""
        if len(self.rows) < MAX_ROWS:
            place = self._row + 1 if self.rows else 0
            row = self._new(unused(self.kind, self.rows))
            self._row = place
            self._take((*self.rows[:place], row, *self.rows[place:]))
            self.call_after_refresh(self.enter, place, 0)

    def action_remove(self) -> None:
        """Without the current row."""
        if self.rows:
            self.keep()
            self._cell = -1
            self._take((*self.rows[: self._row], *self.rows[self._row + 1 :]))
            self._tell()
            self.refresh_bindings()

    def choose(self, step: int) -> None:
        """Take another setting, or another kind of values."""
        if self.rows:
            row = self.rows[self._row]
            if self._cell == 0:
                self._put_row(self._new(next_setting(self.kind, self.rows, row, step)))
            elif self._cell == 1:
                self._put_row(next_kind(row, step))
            self._tell()

    def put(self, line: TextLine) -> None:
        """Take the text of the current field into its row."""
        place = self._text_place
        if place is not None:
            self._put_row(with_text(self.rows[self._row], place, line.text))

    @property
    def here(self) -> str | None:
        """The text under the cursor."""
        place = self._text_place
        if place is None or not self.rows:
            return None
        texts = self.rows[self._row].texts
        return texts[place] if place < len(texts) else None

    def on_click(self, event: events.Click) -> None:
        """Into the field under the mouse; on a choice the next value."""
        line = event.y + self.scroll_offset.y - 1
        if not 0 <= line < len(self._lines):
            return
        row = self._lines[line][0]
        for number, cell in enumerate(self._cells(self.rows[row])):
            if cell.start <= event.x < cell.start + cell.width:
                again = (row, number) == (self._row, self._cell)
                self.enter(row, number)
                self.edit()
                if cell.choice and again:
                    self.action_choose(-1 if event.x < cell.start + 2 else 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        if action == "add":
            return not self.single and len(self.rows) < MAX_ROWS
        if action == "remove":
            return not self.single and bool(self.rows)
        if action in ("leave", "choose"):
            return self._cell >= 0
        return self.typing if action == "edit" else True
