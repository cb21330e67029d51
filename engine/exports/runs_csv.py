"""The rows of several runs as one table, with every setting in a column of its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.errors import EngineError
from engine.exports.csv_tables import Table
from engine.exports.run_json import run_row
from engine.specs.parsing import to_fields
from engine.store.records import RunRecord


def runs_table(records: Sequence[RunRecord]) -> Table:
    """A line for each run: what `runs --json` says of it, then its settings.

    `schedule.factor` is a column as well. A run without a setting, or whose settings cannot be
    read by this version, has an empty cell there.
    """
    rows = [dict(_row(record)) for record in records]
    head = list(dict.fromkeys(name for row in rows for name in row))
    return head or ["run"], [[row.get(name) for name in head] for row in rows]


def _row(record: RunRecord) -> Iterator[tuple[str, Any]]:
    row = run_row(record)
    yield from (row | row.pop("metrics") | {"tags": " ".join(record.tags)}).items()
    try:
        fields = to_fields(record.spec)
    except EngineError:
        return
    yield from ((name, value) for name, value in _flat(fields) if name not in row)


def _flat(fields: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            joined = isinstance(value, list)
            yield before + name, " ".join(map(str, value)) if joined else value
