"""What a person writes to a run: its name, a note, tags."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from penguin_tui.screens.base import WorkScreen

if TYPE_CHECKING:
    from engine.store.records import RunRecord
    from engine.store.store import Store

# field of the record, what the dialog is called, and how the text gets into the store
TEXTS: "dict[str, tuple[str, Callable[[Store, int, str], None]]]" = {
    "name": ("Name of run", lambda store, run, text: store.rename(run, text)),
    "note": ("Note on run", lambda store, run, text: store.annotate(run, text)),
    "tags_text": ("Tags of run", lambda store, run, text: store.set_tags(run, [text])),
}


def ask_text(screen: WorkScreen, record: "RunRecord", field: str) -> None:
    """Let one of `TEXTS` be typed in a dialog above `screen`."""
    from penguin_tui.screens.dialogs import TextDialog

    title, write = TEXTS[field]

    def keep(text: str | None) -> None:
        if text is not None:
            screen.workbench.engine_call(lambda store: write(store, record.id, text))

    screen.app.push_screen(TextDialog(f"{title} {record.id}", getattr(record, field)), keep)
