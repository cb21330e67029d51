"""`penguin-tui export RUN`: what a run has left, as files."""

import sys
from collections.abc import Callable

import click

from engine.errors import NothingToExport
from engine.exports.formats import EXPORTS
from penguin_tui.cli.arguments import FileName, RunNumber, find_run, opened_store
from penguin_tui.cli.output.console import WrongUse, say, say_file, send_bytes
from penguin_tui.cli.output.files import output_file


def _export_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each entry of `EXPORTS`, in their order."""
    for export in reversed(EXPORTS):
        names = [f"--{name}" for name in (export.option, *export.old_options)]
        metavar = f"FILE{export.ending}"
        option = click.option(
            *names, export.option, type=FileName(), metavar=metavar, help=export.help
        )
        command = option(command)
    return command


@click.command("export")
@click.argument("run", type=RunNumber())
@_export_options
@click.option("--force", is_flag=True, help="Overwrite existing files.")
def export_command(run: int, force: bool, **paths: str | None) -> None:
    """Write what a run has left to files; '-' is standard output.

    A network is loaded with keras.models.load_model(FILE, safe_mode=True).
    Text in a CSV that a spreadsheet would take for a formula gets an
    apostrophe in front.
    """
    wanted = [(export, path) for export in EXPORTS if (path := paths[export.option])]
    if not wanted:
        options = ", ".join(f"--{export.option}" for export in EXPORTS)
        raise click.UsageError(f"Nothing to export was named: give {options}.")
    for export, path in wanted:
        if export.strict_ending and path != "-" and not path.endswith(export.ending):
            raise WrongUse(
                f"{export.option}: {path!r} does not end in {export.ending}.",
                "It can be loaded under no other ending.",
            )
    with opened_store() as store:
        record = find_run(store, run)
        # all of it first: nothing is written when something is missing
        try:
            files = [(path, export.body(store, record)) for export, path in wanted]
        except NothingToExport as error:
            raise WrongUse(error.message) from error
    for path, body in files:
        _write(path, body, force)


def _write(path: str, body: bytes, force: bool) -> None:
    if path == "-":
        _print(body)
        return
    with output_file(path, force) as file:
        file.write(body)
    say(f"{path}: {len(body):,} bytes", err=True)


def _print(body: bytes) -> None:
    """Write a file to standard output: as it is to a file or a pipe, to a terminal as text."""
    if not sys.stdout.isatty():
        send_bytes(body)
    elif b"\0" in body:
        raise WrongUse("This file is binary: name a file, or use a pipe.")
    else:
        say_file(body.decode(errors="replace"))
