"""What a person is told when something cannot be done."""


class EngineError(Exception):
    """A failure with a sentence for the person and a way out.

    `message` says what went wrong and where; `hint` says what to do next and
    may be empty. The log has the traceback, the screen has these two.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class NothingToExport(EngineError):
    """A run has not left what is to be exported; the message says which run and what."""


class FilesExist(EngineError):
    """Files that were to be written are there already, and nothing was said of overwriting them."""
