"""A table as Parquet: a process of its own, for the library is heavy (`engine.client.parquet`).

Standard input has a JSON array in each line: the names of the columns, then the rows. The file goes
to standard output; what goes wrong to standard error, as message and hint in JSON. The rows wait in
a file until the type of each column is known; then they are written, a group at a time.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

# of a group of rows, which is all that is held
GROUP_CELLS = 500_000
# whole numbers that a double holds exactly, and those of 64 bits
EXACT, LARGEST = 2**53, 2**63


def main() -> None:
    """Read the table, write the file."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        hint = "Install the extra: pip install 'penguin-tui[formats]'; or write CSV."
        _fail("Parquet needs the package pyarrow, which is not installed.", hint)
    head = json.loads(sys.stdin.readline())
    with tempfile.TemporaryFile("w+", encoding="utf-8") as waiting:
        kinds = _kinds(len(head), waiting)
        types = [_type(pa, found) for found in kinds]
        waiting.seek(0)
        schema = pa.schema(list(zip(head, types, strict=True)))
        with pq.ParquetWriter(sys.stdout.buffer, schema) as writer:
            for rows in _groups(waiting, max(1, GROUP_CELLS // max(1, len(head)))):
                columns = zip(types, zip(*rows, strict=True), strict=True)
                arrays = [_array(pa, kind, cells) for kind, cells in columns]
                writer.write_table(pa.table(arrays, schema=schema))


def _fail(message: str, hint: str) -> None:
    sys.stderr.write(json.dumps([message, hint]) + "\n")
    sys.exit(1)


def _kinds(columns: int, waiting: IO[str]) -> list[set[str]]:
    """Put the rows aside; of each column the types of its cells, "" for a number of more digits."""
    found: list[set[str]] = [set() for _ in range(columns)]
    for line in sys.stdin:
        waiting.write(line)
        for kinds, cell in zip(found, json.loads(line), strict=True):
            if cell is not None:
                kind = type(cell).__name__
                if kind == "int" and abs(cell) > EXACT:
                    kind = "large" if abs(cell) < LARGEST else ""
                kinds.add(kind)
    return found


def _groups(waiting: IO[str], size: int) -> Iterator[list[Any]]:
    while rows := [json.loads(line) for line in islice(waiting, size)]:
        yield rows


def _type(pa: Any, kinds: set[str]) -> Any:
    """The type of a column whose cells are of these types: text where no other holds them all."""
    if not kinds:
        return pa.null()
    if kinds == {"bool"}:
        return pa.bool_()
    if kinds <= {"int", "large"}:
        return pa.int64()
    return pa.float64() if kinds <= {"int", "float"} else pa.string()


def _array(pa: Any, kind: Any, cells: tuple[Any, ...]) -> Any:
    if kind == pa.string():
        cells = tuple(None if cell is None else str(cell) for cell in cells)
    return pa.array(cells, kind)
