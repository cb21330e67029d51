"""Files that a command writes, and what is said where they cannot be written."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from penguin_tui.cli.arguments import FileName
from penguin_tui.cli.output.console import WrongUse, say, say_file

if TYPE_CHECKING:
    from engine.exports.csv_tables import Table


@contextmanager
def output_file(path: str, force: bool) -> Iterator[BinaryIO]:
    """A file to write to, which is at `path` once the block has ended without an error.

    Raises `WrongUse` where it cannot be written, and before the block where there is a file
    already, unless `force` replaces it.
    """
    from engine.exports.whole_file import whole_file

    begun = False
    try:
        with whole_file(Path(path).expanduser(), force) as file:
            begun = True
            yield file
    except FileExistsError:
        raise WrongUse(f"{path} exists already.", "--force overwrites it.") from None
    # the home folder of somebody who is not there is a RuntimeError, a zero byte a ValueError
    except (OSError, RuntimeError, ValueError) as error:
        if begun and not isinstance(error, OSError):
            raise
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise WrongUse(f"{path} cannot be written: {reason}.") from None


def expanded(path: str) -> Path:
    """The absolute path, also of what a shell leaves as it is, such as -o=~/figures."""
    try:
        return Path(path).expanduser().absolute()
    except (RuntimeError, ValueError) as error:
        raise WrongUse(f"{path} is no path: {str(error).rstrip('.')}.") from None


def parquet_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that writes what its --csv prints as Parquet as well."""
    add = click.option("--parquet", type=FileName(), metavar="FILE.parquet",
                       help="Write what --csv prints as Parquet.")  # fmt: skip
    force = click.option("--force", is_flag=True, help="Overwrite an existing file.")
    return add(force(command))


def refuse_several(**wanted: object) -> None:
    """Raise `UsageError` where a command is to print in more than one form."""
    if sum(map(bool, wanted.values())) > 1:
        *names, last = (f"--{name}" for name in wanted)
        raise click.UsageError(f"{', '.join(names)} and {last}: choose one of them.")


def print_table(table: "Table", parquet: str | None, force: bool) -> None:
    """Print a table as CSV, or write it as Parquet where a file is named."""
    from engine.exports.csv_tables import to_csv

    if parquet:
        write_parquet(parquet, table, force)
    else:
        say_file(to_csv(*table).decode())


def write_parquet(path: str, table: "Table", force: bool) -> None:
    """Write a table as Parquet, and say so; raises as `output_file`, and EngineError."""
    from engine.client import parquet

    with output_file(path, force) as file:
        parquet.write_parquet(file, *table)
        size = os.fstat(file.fileno()).st_size
    say(f"{path}: {size:,} bytes", err=True)
