"""What screens ask of the workbench: they know each other only through it."""

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.specs.run_spec import RunSpec


class OpenRun(Message):
    """Show a run above the present screen; sent when a run was chosen or has been started.

    `tab` is the one to begin with; empty: the one that its kind begins with.
    """

    def __init__(self, run: int, tab: str = "") -> None:
        super().__init__()
        self.run, self.tab = run, tab


class WatchEpochs(Message):
    """Show a training epoch by epoch, above the present screen.

    `settings` are those of the trial of a sweep or search; None of a run that is a training itself.
    """

    def __init__(self, run: int, settings: "dict[str, Any] | None" = None) -> None:
        super().__init__()
        self.run, self.settings = run, settings


class CompareRuns(Message):
    """Show two or more runs side by side above the present screen, the first as reference."""

    def __init__(self, runs: "Sequence[int]") -> None:
        super().__init__()
        self.runs = tuple(runs)


class DrawFigures(Message):
    """Draw the figures of a run into files."""

    def __init__(self, run: int) -> None:
        super().__init__()
        self.run = run


class ExportRun(Message):
    """Write what a run leaves to files of the person's own."""

    def __init__(self, run: int) -> None:
        super().__init__()
        self.run = run


class LoadSettings(Message):
    """Show the form for this kind of run, filled with these settings."""

    def __init__(self, spec: "RunSpec") -> None:
        super().__init__()
        self.spec = spec
