"""Parquet files and Excel workbooks as CSV on standard output: a process of its own (`streams`).

The first line is an object of JSON: the types of columns that the file itself declares, notes.
"""

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final, NoReturn

_BATCH_ROWS = 10_000


def main() -> None:
    """Convert the file that the arguments name by kind and path; a failure goes to stderr."""
    kind, path = sys.argv[1:]
    try:
        _CONVERTERS[kind](path)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # who reads has had enough
        sys.stderr.close()
    except ImportError as error:
        library = error.name or str(error)
        _fail(
            f"A file of this kind needs the package {library.partition('.')[0]}, which is not"
            " installed.",
            "Install the extra: pip install 'penguin-tui[formats]'; or save the table as CSV.",
        )
    except Exception as error:  # noqa: BLE001 - whatever the library raises is told
        words = str(error).strip().splitlines()
        _fail(
            f"The {kind.capitalize()} file cannot be read:"
            f" {words[0].rstrip('.') if words else type(error).__name__}.",
            "",
        )


def _fail(message: str, hint: str) -> NoReturn:
    sys.stderr.write(json.dumps([message, hint]) + "\n")
    sys.exit(1)


def _begin(types: dict[str, str], notes: list[str]) -> None:
    line = json.dumps({"types": types, "notes": notes}) + "\n"
    sys.stdout.buffer.write(line.encode())


def _parquet(path: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import csv as arrow_csv

    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    types: dict[str, str] = {}
    fields = []
    for column in file.schema_arrow:
        plain = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        nested = pa.types.is_nested(plain) or pa.types.is_binary(plain)
        if pa.types.is_string(plain) or pa.types.is_large_string(plain) or nested:
            types[column.name] = "categorical"
        fields.append(pa.field(column.name, pa.string() if nested else plain))
    # the names of pandas' row index are no column of the table
    written = [n for n in names if not n.startswith("__index_level_")]
    _begin({name: kind for name, kind in types.items() if name in written}, [])
    schema = pa.schema([one for one in fields if one.name in written])
    options = arrow_csv.WriteOptions(include_header=True, quoting_style="needed")
    with arrow_csv.CSVWriter(sys.stdout.buffer, schema, write_options=options) as writer:
        for batch in file.iter_batches(_BATCH_ROWS, columns=written):
            columns = [
                column.cast(one.type)
                if not pa.types.is_nested(column.type)
                else pa.array([None if v is None else str(v) for v in column.to_pylist()])
                for column, one in zip(batch.columns, schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _excel(path: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheets = book.worksheets
    with_rows = [s for s in sheets if s.max_row is None or (s.max_row or 0) > 1] or sheets
    sheet = with_rows[0]
    notes = []
    if len(sheets) > 1:
        notes = [
            f"Of the workbook's {len(sheets)} sheets {sheet.title!r} is read; to read another,"
            " save it as a file of its own."
        ]
    _begin({}, notes)
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(out, lineterminator="\n")
    for row in sheet.iter_rows(values_only=True):
        cells = [_cell(value) for value in row]
        # a line of commas alone is no row
        writer.writerow(cells if any(cells) else [])
    out.flush()
    out.detach()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


_CONVERTERS: Final[dict[str, Callable[[str], None]]] = {"parquet": _parquet, "excel": _excel}
