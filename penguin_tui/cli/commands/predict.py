"""`penguin-tui predict RUN FILE`: the classes of new rows, with their probabilities."""

import codecs
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Literal

import click

from engine.client.kept_input import STANDARD_INPUT, passing_input
from engine.client.parquet import parquet_lines
from engine.client.prediction import predict_file
from engine.exports.formats import PARQUET
from engine.results.prediction import FilePrediction
from engine.store.store import Store
from penguin_tui.cli.arguments import FileName, RunNumber, find_run, opened_store
from penguin_tui.cli.output.console import (
    commands_terminal,
    rewrite_line,
    say_all,
    say_json,
    say_piece,
    send_bytes,
)
from penguin_tui.cli.output.files import output_file
from penguin_tui.presentation.predictions import prediction_lines

STANDARD_OUTPUT = "-"
Form = Literal["csv", "json"]
Write = Callable[[bytes], object]
_text = codecs.getincrementaldecoder("utf-8")("replace")


@click.command("predict")
@click.argument("run", type=RunNumber())
@click.argument("data", type=FileName(), metavar="FILE")
@click.option(
    "-o", "--output", type=FileName(), metavar="FILE.csv|.parquet",
    help="Write the rows here; '-', or without it unless --json is set: CSV to standard output.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.option("--json", "as_json", is_flag=True, help="Print what it came to as one JSON object.")
def predict_command(run: int, data: str, output: str | None, force: bool, as_json: bool) -> None:
    """Predict the class of every row of a data file; '-' is standard input.

    There are the file's columns, then 'prediction', 'probability:CLASS' for
    each class, and 'flags': unknown categories, and values outside of the
    training range. Where the file has the class of its rows they are scored,
    but for those that the run has learnt from or validated on.
    """
    if as_json and output == STANDARD_OUTPUT:
        raise click.UsageError("--json and --output -: both want standard output.")
    with opened_store() as store:
        number = find_run(store, run).id
        with ExitStack() as stack:
            path = data
            if data == STANDARD_INPUT:
                path = str(stack.enter_context(passing_input(store.home, sys.stdin.buffer)))
            write = _writer(stack, output, force, silent=as_json)
            form: Form = "json" if _is_parquet(output) else "csv"
            found = _predicted(store, number, path, write, form)
        _say(store, found, output, as_json=as_json)


def _writer(stack: ExitStack, output: str | None, force: bool, *, silent: bool) -> Write:
    """Where the rows go: a file, standard output, or nowhere where JSON alone is wanted."""
    if output not in (None, STANDARD_OUTPUT):
        file = stack.enter_context(output_file(output, force))
        return stack.enter_context(parquet_lines(file)) if _is_parquet(output) else file.write
    if output is None and silent:
        return len
    return send_bytes if not sys.stdout.isatty() else _show


def _show(body: bytes) -> None:
    # a character may begin in one piece and end in the next
    say_piece(_text.decode(body))


def _is_parquet(output: str | None) -> bool:
    return output is not None and output.endswith(PARQUET)


def _predicted(store: Store, run: int, path: str, write: Write, form: Form) -> FilePrediction:
    if not commands_terminal(sys.stderr) or write is _show:
        return predict_file(store.home, run, path, write, form=form)
    try:
        return predict_file(store.home, run, path, write, _show_progress, form=form)
    finally:
        rewrite_line(sys.stderr)


def _show_progress(done: float) -> None:
    rewrite_line(sys.stderr, f"predicting ({done:.0%})")


def _say(store: Store, found: FilePrediction, output: str | None, *, as_json: bool) -> None:
    record = store.run(found.run)
    if as_json:
        say_json(found.json_object() | {"test_evaluations": record.test_evaluations})
    else:
        # beside the rows on standard output
        say_all(prediction_lines(found, record), err=output in (None, STANDARD_OUTPUT))
