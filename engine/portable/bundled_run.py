"""What a bundle has for another home: the run as it was reported, and which rows it has tested."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.portable.kept import KeptRun
from engine.runs.events import EpochBlock, Event, event_from_json, event_to_json
from engine.runs.figures import COLUMNS
from engine.runs.held_out_rows import HashedTable, HeldOutRows
from engine.store.store import Store

RUN, EVENTS, TEST_ROWS = "run/run.json", "run/events.jsonl", "run/test_rows.json"
ARTEFACTS: Final = {"run/split.bin": "split.bin", "run/predictions.bin": "predictions.bin"}
# of the run's row, what goes along as it is
ROW: Final = (
    "kind", "name", "note", "tags_text", "status", "created", "started", "ended", "worked",
    "epochs_planned", "data_sha256", "test_data_sha256", "provenance_json", "test_evaluations",
)  # fmt: skip


def run_files(store: Store, kept: KeptRun) -> dict[str, bytes]:
    """The files by which another home takes the run in."""
    record = kept.record
    row = {name: getattr(record, name) for name in ROW} | {"spec": json.loads(record.spec_json)}
    _, events = store.events(record.id)
    found = {
        RUN: json.dumps(row, ensure_ascii=False, indent=1).encode(),
        EVENTS: "".join(f"{_line(event)}\n" for event in events).encode(),
    }
    found |= {
        path: kept.artefacts[name] for path, name in ARTEFACTS.items() if name in kept.artefacts
    }
    if (rows := _test_rows(store, record.test_set_id)) is not None:
        found[TEST_ROWS] = rows
    return found


def _line(event: Event) -> str:
    if not isinstance(event, EpochBlock):
        return event_to_json(event)
    body = base64.b64encode(event.to_bytes()).decode()
    return json.dumps({
        "type": "epochs", "key": event.training_key, "first": event.first, "columns": COLUMNS,
        "body": body,
    })  # fmt: skip


def events_of(body: bytes) -> Iterator[Event]:
    """What the lines say; raises ValueError of anything else."""
    for line in body.decode().splitlines():
        found = json.loads(line)
        if found.get("type") != "epochs":
            yield event_from_json(line)
            continue
        key, first = int(found["key"]), int(found["first"])
        if key < 0 or first < 1:
            raise ValueError(f"no epochs have the key {key} or begin with {first}")
        yield EpochBlock.from_bytes(key, first, base64.b64decode(found["body"]), found["columns"])


def _test_rows(store: Store, name: str | None) -> bytes | None:
    """The rows of the run's held-out test set by their values; None where they are not known."""
    rows = store.select(
        "SELECT s.members, t.* FROM test_sets s JOIN row_tables t ON s.row_table = t.id"
        " WHERE s.id = ?",
        name,
    )
    if not rows:
        return None
    (row,) = rows
    table = {n: row[n] for n in ("id", "target", "rows")} | {"columns": json.loads(row["columns"])}
    bodies = {n: base64.b64encode(row[n]).decode() for n in ("members", "hashes")}
    return json.dumps({"test_set": name} | table | bodies).encode()


def held_out_of(body: bytes) -> HeldOutRows:
    """The rows again; raises ValueError, KeyError or TypeError of anything else."""
    found: Mapping[str, Any] = json.loads(body)
    columns, rows = tuple(map(str, found["columns"])), int(found["rows"])
    hashes = base64.b64decode(found["hashes"])
    members = base64.b64decode(found["members"])
    distinct, rest = divmod(len(hashes), 8 * max(1, len(columns)))
    if rest or rows < distinct or len(members) != -(-distinct // 8):
        raise ValueError("the hashes of test rows do not fit their columns")
    table = HashedTable(str(found["id"]), str(found["target"]), columns, rows, hashes)
    return HeldOutRows(str(found["test_set"]), table, members)
