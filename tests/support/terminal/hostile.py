"""Text that tries everything a terminal obeys, and a home folder that is full of it."""

import copy
import csv
import json
import os
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.client import queries as client_queries
from engine.errors import EngineError
from engine.kinds import load_spec, make_spec
from engine.results.describe import DescribeResult
from engine.runs.events import Event, event_from_json
from engine.sources.inspect import peek
from engine.store import queries
from engine.store.home import store_path
from engine.store.packing import unpacked_text
from engine.store.store import Store
from engine.store.writer import RunWriter
from tests.support.stored.descriptions import described
from tests.support.stored.kinds import CASES
from tests.support.stored.runs import NOW, train_events
from tests.support.stored.searches import RANDOM, search_events

# what is seen of a payload, on every screen and in the output of every command
MARK = "PWNED"
ACTIONS = (
    "\x1b]52;c;cm0gLXJm\x07\x1b]0;title\x07\x1b]8;;http://pwned.example\x07\x1bP$qm\x1b\\"
    "\x1b[?1049l\x1b[2J\x1b[31m\x1b[6n\x9b31m\x9d0;title\x9c\x90\x07\x08\r\n\t\x7f"
    "\u202e\u2066\u2069\u200e\u061c\u200b\u200d\u2060\ufeff\u2028\u2029\ue000\U000e0041"
    "[@click=app.quit]x[/] [red]y[/nothing] [link=http://pwned.example]z[/link]"
)
PAYLOAD = MARK + ACTIONS
# as far as a kind of text can hold it: JSON has lone surrogates, a file has no zero byte
PAYLOADS = (PAYLOAD + "\x00\udcff", PAYLOAD + "\x00", PAYLOAD, MARK)
# a training three times, each other kind once, and a search that says something of itself
HOSTILE_RUNS = len(CASES) + 3
# of a file's name: no slash, and not longer than 255 bytes
FILE_NAME = (
    f"{MARK}\x1b]52;c;cm0=\x07\x1b]0;title\x07\x1bP$qm\x1b\\\x9b31m\x08\r\n\t\x7f"
    "\u202e\u2066\u061c\u200b\ufeff\u2028\ue000[@click=app.quit]x[red]y[nothing]"
)

# which pictures a terminal draws: kitty's, how large a cell is, what it can do at all
_PICTURES = r"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\|\x1b\[16t|\x1b\[c"
# all that may come from the workbench beside text: a place, an erasure, a style, modes, the
# keyboard's protocol, questions where the cursor is and about modes, the pointer's shape
SCREEN = re.compile(
    r"\x1b\[(?:(?:\d+(?:;\d+)?)?H|\d*[BCGX]|K|\d+(?:;\d+)*m|6n"
    r"|\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]|\?(?:2026|2048)\$p"
    rf"|>\d+u|<u)|\x1b\]22;[a-z]+\x07|{_PICTURES}"
)
# and from a command: line ends as the terminal driver makes them, colours, and the end of a step
COMMAND = re.compile(r"\r?\n|\x1b\[(?:0|1|2|3[1-3])m|\r\x1b\[K|" + _PICTURES)


def obeyed(raw: bytes, allowed: re.Pattern[str]) -> list[str]:
    """What in the bytes for a terminal is neither plain text nor allowed, with what is around."""
    text = raw.decode()
    plain = allowed.sub("\x01", text).replace("\x01", "")
    return [
        repr(plain[max(0, place - 30) : place + 30])
        for place, character in enumerate(plain)
        if not character.isprintable() and unicodedata.category(character) != "Zs"
    ]


def poisoned(value: Any, read: Callable[[str], object]) -> Any:
    """JSON with the payload behind every text and every key with which `read` still takes it."""
    value = _poisoned(value, [path for path in _paths(value) if path[-1] is not None], read)
    fields: set[tuple[str, ...]] = set()
    for path in [path for path in _paths(value) if path[-1] is None]:
        # objects with the same keys are of one class, which has them as its fields
        keys = tuple(_at(value, path[:-1]))
        if keys not in fields:
            changed = _poisoned(value, [path], read)
            if changed is value:
                fields.add(keys)
            value = changed
    return value


def _poisoned(value: Any, paths: list[tuple[Any, ...]], read: Callable[[str], object]) -> Any:
    # all at once as far as that goes, then by halves: most texts may be anything
    for payload in PAYLOADS:
        changed = copy.deepcopy(value)
        for *around, key in paths:
            found = _at(changed, around)
            if key is None:
                items = [(name + payload, item) for name, item in found.items()]
                found.clear()
                found.update(items)
            else:
                found[key] += payload
        try:
            read(json.dumps(changed))
        except (EngineError, ValueError, KeyError, TypeError):
            continue
        return changed
    if len(paths) < 2:
        return value
    half = len(paths) // 2
    return _poisoned(_poisoned(value, paths[:half], read), paths[half:], read)


def _at(value: Any, path: Sequence[Any]) -> Any:
    for step in path:
        value = value[step]
    return value


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all texts, and with a None at the end of all objects, inner ones first."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, list | dict):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _paths(item, (*path, key))
        if isinstance(value, dict):
            yield (*path, None)


# -- a folder of files, a home folder ---------------------------------------------------------


def hostile_files(folder: Path) -> Path:
    """Files and folders whose names try something; returns a table whose text does as well."""
    table = folder / f"a{FILE_NAME}.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        text = PAYLOAD.replace("\x00", "")
        writer.writerow([f"x{text}", f"y{text}", f"kind{text}"])
        writer.writerows([n, n % 7, f"{text}{n % 2}"] for n in range(40))
    (folder / f"b{FILE_NAME}").mkdir()
    (folder / os.fsdecode(b"c" + MARK.encode() + b"\xff\x9b31m.csv")).write_text("a,b\n1,2\n")
    (folder / f"d{FILE_NAME}.csv").write_bytes(b"\x00" + PAYLOAD.encode())
    return table


def hostile_home(home: Path, table: Path) -> None:
    """Fill a home folder: a run of each kind, with the payload in all their text."""
    runs: list[tuple[str, dict[str, Any], list[Event]]] = [
        ("train", {"epochs": 20}, train_events(20, 20)),
        ("train", {"epochs": 20}, train_events(8, 20, finished=False)),
        ("train", {"epochs": 20}, train_events(20, 20)),
        *((kind, case.fields, case.events()) for kind, case in CASES.items() if kind != "describe"),
        ("random_search", RANDOM, search_events(note="note")),
    ]
    with Store.open(home) as store:
        for kind, fields, events in runs:
            record = store.run(store.submit(make_spec(kind, fields), name="name"))
            with store.writing() as connection:
                RunWriter(record).write(connection, events)
                connection.execute(
                    "UPDATE runs SET created = ?, started = ?, message = 'm', hint = 'h',"
                    " note = 'n', data_sha256 = 'd', provenance = ? WHERE id = ?",
                    (NOW - 600, NOW - 599, '{"python": "3", "cpu": "x"}', record.id),
                )
        choice = {"data": str(table), "target": peek(str(table)).columns[-1]}
        asked = make_spec("describe", choice)
        query = client_queries.ask(store, "describe", asked, "before", engine=False)
        rows = [[str(n), str(n % 7), "ab"[n % 2]] for n in range(40)]
        facts = described(["x", "y", "kind"], rows, "kind", {"train": 40}, notes=("note",))
        answer = poisoned(facts.model_dump(mode="json"), DescribeResult.model_validate_json)
        queries.answer(store, query, json.dumps(answer).encode())
        queries.remove(store, query)
    _poison_store(home)
    (home / "workbench.json").write_text(json.dumps({"theme": PAYLOAD, "data": choice}))


def _poison_store(home: Path) -> None:
    connection = sqlite3.connect(store_path(home))
    with connection:
        for column in ("name", "note", "data", "target", "protocol", "message", "hint",
                       "data_sha256", "test_set_id"):  # fmt: skip
            connection.execute(f"UPDATE runs SET {column} = {column} || ?", (PAYLOADS[1],))
        for run, spec, provenance in connection.execute(
            "SELECT id, spec, provenance FROM runs"
        ).fetchall():
            found = json.dumps(poisoned(json.loads(spec), load_spec))
            made = json.dumps(poisoned(json.loads(provenance), json.loads))
            connection.execute(
                "UPDATE runs SET spec = ?, provenance = ? WHERE id = ?", (found, made, run)
            )
        for run, number, body in connection.execute("SELECT * FROM events").fetchall():
            changed = json.dumps(poisoned(json.loads(unpacked_text(body)), event_from_json))
            connection.execute(
                "UPDATE events SET body = ? WHERE run = ? AND number = ?", (changed, run, number)
            )
        # the first can be run again, and says what has changed since
        then = json.dumps({"versions": {"keras": PAYLOADS[0]}})
        connection.execute("UPDATE runs SET provenance = ?, spec = ? WHERE id = 1",
                           (then, make_spec("train", {}).model_dump_json()))  # fmt: skip
        connection.execute("UPDATE runs SET status = 'running' WHERE id = 2")
        connection.execute("UPDATE runs SET status = ? WHERE id = 3", (PAYLOADS[1],))
        connection.execute("UPDATE runs SET kind = ? WHERE id = 4", (PAYLOADS[1],))
        record = dict.fromkeys(("host", "boot", "version", "detail"), PAYLOADS[0])
        connection.execute(
            "REPLACE INTO engine VALUES (1, ?)",
            (json.dumps({"pid": 1, "started": NOW, "schema": 2, "state": "ready", **record}),),
        )
    connection.close()
