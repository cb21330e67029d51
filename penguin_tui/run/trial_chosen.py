"""What the tables of a search tell the view of the run around them."""

from typing import Any

from textual.message import Message


class TrialChosen(Message):
    """Enter was pressed on a trial: its settings are wanted in the Train form."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()
        self.settings = settings
