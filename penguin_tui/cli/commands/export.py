"""`penguin-tui export RUN`: what a run has left, as files."""

import sys
from collections.abc import Callable

import click

from engine.errors import NothingToExport
from engine.exports.formats import EXPORTS, PARQUET, Export
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.cli.arguments import FileName, RunNumber, find_run, opened_store
from penguin_tui.cli.output.console import (
    WrongUse,
    say,
    say_file,
    send_bytes,
)
from penguin_tui.cli.output.files import expanded, output_file
from penguin_tui.cli.output.written import show_written

STANDARD_OUTPUT = "-"


def _export_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each entry of `EXPORTS`, in their order."""
    for export in reversed(EXPORTS):
        names = [f"--{name}" for name in (export.option, *export.old_options)]
        option = click.option(
            *names, export.option, type=FileName(), metavar=export.metavar, help=export.help
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
        _refuse_ending(export, path)
    with opened_store() as store:
        record = find_run(store, run)
        # what is missing is found before anything is written
        bodies = {export.option: _body(store, record, export, path) for export, path in wanted}
        for export, path in wanted:
            body = bodies[export.option]
            if path == STANDARD_OUTPUT:
                _print(export, body)
            elif body is not None:
                with output_file(path, force) as file:
                    file.write(body)
                say(f"{path}: {len(body):,} bytes", err=True)
            else:
                _have_written(store, record, export, path, force)


def _body(store: Store, record: RunRecord, export: Export, path: str) -> bytes | None:
    """The file, where it is not written by a process of its own."""
    try:
        if export.table is not None and path.endswith(PARQUET):
            export.table(store, record)
            return None
        export.refuse_missing(store, record)
        return export.body(store, record) if export.body is not None else None
    except NothingToExport as error:
        raise WrongUse(error.message) from error


def _refuse_ending(export: Export, path: str) -> None:
    if export.strict_ending and path != STANDARD_OUTPUT and not path.endswith(export.ending):
        raise WrongUse(
            f"{export.option}: {path!r} does not end in {export.ending}.",
            "It can be loaded under no other ending.",
        )


def _have_written(store: Store, record: RunRecord, export: Export, path: str, force: bool) -> None:
    from penguin_tui.report.exporting import exported

    written = exported(store, record, export, expanded(path), force=force)
    show_written(written, path, err=True)


def _print(export: Export, body: bytes | None) -> None:
    """Write a file to standard output: as it is to a file or a pipe, to a terminal as text."""
    if body is None:
        raise WrongUse(f"{export.option}: name a {export.metavar}, it is not written to a pipe.")
    if not sys.stdout.isatty():
        send_bytes(body)
    elif b"\0" in body:
        raise WrongUse("This file is binary: name a file, or use a pipe.")
    else:
        say_file(body.decode(errors="replace"))
