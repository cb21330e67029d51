"""`penguin-tui rows FILE`: the rows of a table, sorted and filtered."""

import sys
from collections.abc import Iterator
from itertools import chain
from typing import Any

import click

from engine.client.kept_input import STANDARD_INPUT
from engine.client.queries import answer
from engine.exports.csv_tables import Table, to_csv
from engine.results.rows import RowsPage
from engine.specs.data import PENGUINS
from engine.specs.derived_settings import validated
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.rows import MAX_COLUMNS, MAX_ROWS, RowsSpec
from engine.specs.parsing import assign
from engine.store.store import Store
from penguin_tui.cli.arguments import FileName, Text, WholeNumber, opened_store
from penguin_tui.cli.output.console import (
    WrongUse,
    json_text,
    say,
    say_all,
    say_file,
    terminal_columns,
)
from penguin_tui.cli.output.files import parquet_options, refuse_several, write_parquet
from penguin_tui.presentation.blocks import flush, muted
from penguin_tui.presentation.columns import deal
from penguin_tui.presentation.table_rows import (
    arrangement,
    cells_of,
    columns_of,
    shown_rows,
    widen,
)
from penguin_tui.presentation.text import counted

SHOWN = 20
# of a page: what travels through the store at a time stays small
PAGE_CELLS = 100_000
WHOLE = 10_000_000


@click.command("rows")
@click.argument("data", type=FileName(), metavar="[FILE]", default=PENGUINS)
@click.option("--sort", type=Text(), metavar="COLUMN", help="Sort by this column.")
@click.option("--reverse", is_flag=True, help="The largest first; without --sort the last row.")
@click.option(
    "--where",
    type=Text(),
    multiple=True,
    metavar="CONDITION",
    help="Only rows of which this holds, such as 'year > 2008 and species contains ade'.",
)
@click.option(
    "--offset", type=WholeNumber(0), default=0, metavar="N", help="Leave out the first N."
)
@click.option(
    "--rows",
    type=WholeNumber(1),
    metavar="N",
    help=f"At most N rows. Without it {SHOWN}, and all with --csv or --json.",
)
@click.option(
    "--set",
    "settings",
    type=Text(),
    multiple=True,
    metavar="FIELD=VALUE",
    help="How the file is read, as for 'run': --set delimiter=tab.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, all columns and whole cells.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
@parquet_options
def rows_command(
    data: str,
    sort: str | None,
    reverse: bool,
    where: tuple[str, ...],
    offset: int,
    rows: int | None,
    settings: tuple[str, ...],
    as_csv: bool,
    as_json: bool,
    parquet: str | None,
    force: bool,
) -> None:
    """Print rows of a data file, as it is read, sorted and filtered by any column.

    A condition is a column, one of = != < <= > >= contains, and a value; 'and' joins several.
    Without a value '=' finds the rows where it is missing. Missing values sort last.
    """
    refuse_several(csv=as_csv, json=as_json, parquet=parquet)
    if data == STANDARD_INPUT:
        raise WrongUse("data: rows are looked for in a file, not in standard input: name one.")
    asked = {"data": data, "sort": sort, "descending": reverse, "where": where, "offset": offset}
    spec = _spec(asked, settings)
    with opened_store() as store:
        if parquet:
            write_parquet(parquet, _table(store, spec, rows), force)
        elif as_csv or as_json:
            _print_all(store, spec, rows, as_csv=as_csv)
        else:
            _print_page(store, spec, SHOWN if rows is None else rows)


def _spec(asked: dict[str, Any], settings: tuple[str, ...]) -> RowsSpec:
    pairs = [text.partition("=") for text in settings]
    for name, equals, _ in pairs:
        if not equals:
            raise WrongUse(f"set: {name[:60]!r} is not of the form FIELD=VALUE.")
    try:
        fields = assign(RowsSpec, {}, [(name.strip(), value) for name, _, value in pairs])
        return validated(RowsSpec, {**fields, **asked})
    except InvalidSpec as error:
        raise WrongUse(error.message, error.hint) from None


def _asked(store: Store, spec: RowsSpec, **page: int) -> RowsPage:
    found = answer(store, "rows", spec.model_copy(update=page), "rows")
    assert isinstance(found, RowsPage)
    return found


def _pages(
    store: Store, spec: RowsSpec, rows: int | None, columns: int | None
) -> Iterator[RowsPage]:
    """The first `rows` rows from the spec's offset on, all without a number; `columns` likewise."""
    first = _asked(store, spec, rows=0, columns=1)
    wide = first.columns if columns is None else min(columns, first.columns)
    end = first.found if rows is None else min(first.found, spec.offset + rows)
    step = max(1, min(MAX_ROWS, PAGE_CELLS // max(1, wide)))
    for offset in range(spec.offset, end, step) or (spec.offset,):
        count = max(0, min(step, end - offset))
        yield _joined(
            [
                _asked(store, spec, offset=offset, rows=count, first_column=start,
                       columns=min(MAX_COLUMNS, wide - start))
                for start in range(0, wide, MAX_COLUMNS)
            ]
        )  # fmt: skip


def _joined(pages: list[RowsPage]) -> RowsPage:
    """Pages of the same rows, side by side."""
    return pages[0].model_copy(
        update={
            "names": tuple(chain.from_iterable(page.names for page in pages)),
            "numeric": tuple(chain.from_iterable(page.numeric for page in pages)),
            "cells": tuple(
                tuple(chain.from_iterable(parts))
                for parts in zip(*(page.cells for page in pages), strict=True)
            ),
        }
    )


def _print_page(store: Store, spec: RowsSpec, rows: int) -> None:
    """Rows under one another, of the columns that fit."""
    pages = list(_pages(store, spec, rows, columns=100))
    first = pages[0]
    widths: dict[str, int] = {}
    for page in pages:
        widen(widths, page)
        columns = columns_of(page, widths, page.total)
    room = terminal_columns(sys.stdout)
    shown = columns if room is None else tuple(c for _, c, _ in deal(columns, room + 1))
    lines = [
        [column.title for column in shown],
        *(
            [text for text, _ in cells_of(page, place)][: len(shown)]
            for page in pages
            for place in range(len(page.cells))
        ),
    ]
    if first.cells:
        head, *rest = flush(lines, [column.right for column in shown])
        say_all([muted(head), *rest])
    told = shown_rows(first.found, first.total, spec.offset, len(lines) - 1)
    more = first.columns - len(shown) + 1
    if first.cells and more > 0:
        told += f"; {counted(more, 'more column')}: --csv prints all"
    say(" · ".join([told, *arrangement(spec.where, spec.sort, spec.descending)]), err=True)


def _print_all(store: Store, spec: RowsSpec, rows: int | None, *, as_csv: bool) -> None:
    """All columns of the rows, page after page."""
    head = True
    for page in _pages(store, spec.model_copy(update={"characters": WHOLE}), rows, columns=None):
        if as_csv:
            body = to_csv(page.names, page.cells).decode()
            say_file(body if head else body.partition("\n")[2])
        else:
            say_all(json_text(_object(page, place)) for place in range(len(page.cells)))
        head = False


def _table(store: Store, spec: RowsSpec, rows: int | None) -> Table:
    """All columns of the rows; a column of numbers holds numbers."""
    whole = spec.model_copy(update={"characters": WHOLE})
    pages = _pages(store, whole, rows, columns=None)
    first = next(pages)
    return first.names, (
        [_value(cell) if is_number else cell
         for is_number, cell in zip(page.numeric, cells, strict=True)]
        for page in chain([first], pages) for cells in page.cells
    )  # fmt: skip


def _object(page: RowsPage, place: int) -> dict[str, Any]:
    cells = zip(page.names, page.numeric, page.cells[place], strict=True)
    return {"row": page.numbers[place], "cells": {n: _value(c) if is_number else c
                                                 for n, is_number, c in cells}}  # fmt: skip


def _value(cell: str | None) -> float | int | None:
    if cell is None:
        return None
    return float(cell) if any(mark in cell for mark in ".einf") else int(cell)
