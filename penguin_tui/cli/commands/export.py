"""`penguin-tui export RUN`: what a run has left, as files."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.errors import NothingToExport
from penguin_tui.cli.arguments import FileName, RunNumber, find_run, opened_store
from penguin_tui.cli.output.console import WrongUse, say

if TYPE_CHECKING:
    from engine.store import RunRecord, Store

FILE = FileName()


@click.command("export")
@click.argument("run", type=RunNumber())
@click.option("--model", type=FILE, metavar="FILE.keras", help="The trained network, for Keras.")
@click.option("--preparation", type=FILE, metavar="FILE.json", help="How the data was prepared.")
@click.option("--epochs", type=FILE, metavar="FILE.csv", help="The figures of every epoch.")
@click.option("--misclassified", type=FILE, metavar="FILE.csv", help="The rows it got wrong.")
@click.option("--report", type=FILE, metavar="FILE.md", help="The report of a reproduction.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def export_command(
    run: int,
    model: str | None,
    preparation: str | None,
    epochs: str | None,
    misclassified: str | None,
    report: str | None,
    force: bool,
) -> None:
    """Write what a run has left to files; '-' is standard output.

    A network is loaded with keras.models.load_model(FILE, safe_mode=True).
    Text in a CSV that a spreadsheet would take for a formula gets an
    apostrophe in front.
    """
    from engine.exports.csv_tables import epochs_csv, misclassified_csv

    wanted = {
        "model": model, "preparation": preparation,
        "epochs": epochs, "misclassified": misclassified, "report": report,
    }  # fmt: skip
    if not any(wanted.values()):
        raise click.UsageError("Say what to export: --" + ", --".join(wanted) + ".")
    if model not in (None, "-") and not str(model).endswith(".keras"):
        raise WrongUse(
            f"model: {model!r} does not end in .keras.", "Keras loads no file with another ending."
        )
    with opened_store() as store:
        record = find_run(store, run)
        bodies = {
            "model": lambda: _artefact(store, record, "model.keras", "network"),
            "preparation": lambda: _artefact(store, record, "preparation.json", "preparation"),
            "epochs": lambda: epochs_csv(store, record),
            "misclassified": lambda: misclassified_csv(store, record),
            "report": lambda: _report(store, record),
        }
        # all of it first: nothing is written when something is missing
        try:
            files = [(path, bodies[name]()) for name, path in wanted.items() if path]
        except NothingToExport as error:
            raise WrongUse(error.message) from error
    for path, body in files:
        _write(path, body, force)


def _artefact(store: "Store", record: "RunRecord", name: str, noun: str) -> bytes:
    body = store.artefact(record.id, name)
    if body is None:
        raise WrongUse(f"Run {record.id} ({record.kind}, {record.status}) has left no {noun}.")
    return body


def _report(store: "Store", record: "RunRecord") -> bytes:
    from engine.results import ReproduceResult
    from engine.runs.state import RunState, fold

    result = fold(RunState(), store.events(record.id)[1]).result
    if not isinstance(result, ReproduceResult):
        raise WrongUse(f"Run {record.id} ({record.kind}, {record.status}) has left no report.")
    return result.report.encode("utf-8", "replace")


def _write(path: str, body: bytes, force: bool) -> None:
    if path == "-":
        if sys.stdout.isatty() and b"\0" in body:
            raise WrongUse("This is no text: name a file, or send it through a pipe.")
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
        return
    try:
        target = Path(path).expanduser()
        with target.open("wb" if force else "xb") as file:
            file.write(body)
    except FileExistsError:
        raise WrongUse(f"{path} is there already.", "--force writes over it.") from None
    # the home folder of somebody who is not there is a RuntimeError, a zero byte a ValueError
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise WrongUse(f"{path} cannot be written: {reason}.") from None
    say(f"{path}: {len(body):,} bytes", err=True)
