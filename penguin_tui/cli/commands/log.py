"""`penguin-tui log RUN`: what a run has reported, line by line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from penguin_tui.cli.arguments import RunNumber, WholeNumber, store_of_run
from penguin_tui.cli.output.console import json_text, say_all

if TYPE_CHECKING:
    from penguin_tui.presentation.run_log import Entry

# written together: a long log would otherwise spend its time on flushing
WRITTEN_TOGETHER = 1000


@click.command("log")
@click.argument("run", type=RunNumber())
@click.option("--follow", "-f", is_flag=True, help="Continue until the run has ended.")
@click.option("--last", type=WholeNumber(1), metavar="N", help="Only the last N lines.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def log_command(run: int, follow: bool, last: int | None, as_json: bool) -> int:
    """Print a run's log: its epochs as Keras prints them, phases and notes.

    With --follow it continues until the run ends, and the exit code is the
    run's; Ctrl+C then leaves the run alone.
    """
    from engine.client.following import follow as follow_run
    from penguin_tui.cli.following import exit_code
    from penguin_tui.cli.output.readers import end_without_readers
    from penguin_tui.presentation.run_log import LogEntries

    with store_of_run(run) as (store, record):
        lines = LogEntries()
        waiting = lines.new(record, store.events(record.id))
        _write(waiting[-last:] if last else waiting, as_json)
        if not follow:
            return 0
        for changed, _ in follow_run(store, record.id, end_without_readers):
            record = changed
            _write(lines.new(record, store.events(record.id, lines.number)), as_json)
    return exit_code(record)


def _write(lines: "Sequence[Entry]", as_json: bool) -> None:
    from penguin_tui.presentation.run_log import entry_object, entry_text

    for start in range(0, len(lines), WRITTEN_TOGETHER):
        some = lines[start : start + WRITTEN_TOGETHER]
        say_all(json_text(entry_object(line)) if as_json else entry_text(line) for line in some)
