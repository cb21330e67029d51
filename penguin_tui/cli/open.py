"""`penguin-tui` and `penguin-tui FILE [TARGET]`: open the workbench."""

import sys
from typing import Any

import click

from penguin_tui.cli.arguments import Text
from penguin_tui.cli.output.console import WrongUse, commands_terminal


def is_file_name(text: str) -> bool:
    """Whether a first argument that is no command is meant for a file."""
    return "/" in text or "." in text.strip(".")


def open_workbench(data: dict[str, Any] | None = None) -> int:
    """Open the workbench in this terminal, on these data; returns its exit code."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError(
            "The workbench needs a terminal, and standard input or output is none."
        )
    if not commands_terminal(sys.stdout):
        raise click.UsageError(
            "The workbench needs a terminal that can place text; TERM says this one cannot."
        )
    from penguin_tui.terminal.keeper import keeping_terminal

    return keeping_terminal(lambda: _run(data))


def _run(data: dict[str, Any] | None) -> int:
    # in the process that uses it: every page of it that is shared is copied when it is first used
    from penguin_tui.app.session import run_workbench

    return run_workbench(data)


@click.command("FILE")
@click.argument("file", type=Text())
@click.argument("target", type=Text(), required=False)
def open_command(file: str, target: str | None) -> int:
    """Open the workbench on a CSV file; TARGET is the column that holds the class."""
    from engine.errors import EngineError
    from engine.sources.inspect import peek
    from penguin_tui.data.data_choice import with_file
    from penguin_tui.data.likely_target import likely_target

    try:
        facts = peek(file)
    except EngineError as error:
        raise WrongUse(error.message, error.hint) from error
    if target is not None and target not in facts.columns:
        known = ", ".join(facts.columns[:20])
        raise WrongUse(f"target: {file} has no column {target!r}; it has {known}")
    return open_workbench(with_file({}, file, target or likely_target(facts), {}))
