"""JSON objects, one a row, as text with a cell for each key."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from engine.errors import EngineError
from engine.sources.chunks import stream_of
from engine.sources.encoding import shown

# the columns are the keys of so many objects; one that comes later is refused, with its line
KEYS_OF = 10_000
_BATCH_ROWS = 1000
_MAX_TEXT = 64 * 2**20
# what stands for an object that is not there
_ABSENT: tuple[Any, ...] = (None, {}, [], "")

# an object and its place in the file, from 1
Numbered = tuple[int, dict[str, Any]]


def converted_json(file: BinaryIO, *, nested: bool = True) -> BinaryIO:
    """The objects of `file` (one a line, or in one list) as CSV with a first row of names.

    An object within an object is a column for each of its keys, and a file of one object its rows
    or columns; not `nested` they are cells, as readers before the third have it. Numbers stay as
    they are written. Raises EngineError, while it is read, for what is no object, for a key that
    the first objects do not have, and for one that comes twice where objects are columns.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig")
    objects = _objects(text)
    return stream_of(_as_utf8(_rows(_unnested(objects) if nested else objects)), text)


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except UnicodeDecodeError as error:
        raise EngineError(
            "The file looks like JSON, but holds bytes that are no UTF-8 text.",
            "Save it as UTF-8.",
        ) from error


def _rows(objects: Iterator[Numbered]) -> Iterator[bytes]:
    first = list(islice(objects, KEYS_OF))
    names = list(dict.fromkeys(key for _, one in first for key in one))
    known = set(names)
    out = io.StringIO()
    # a first row of one empty cell would be taken for an empty line
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(names)
    for count, (number, one) in enumerate(chain(first, objects), 1):
        if unknown := one.keys() - known:
            raise EngineError(
                f"Object {number:,} has the key {shown(min(unknown))}, which none of the first"
                f" {KEYS_OF:,} objects has.",
                "Give an object near the beginning the same key.",
            )
        writer.writerow([_cell(one.get(name)) for name in names])
        if count % _BATCH_ROWS == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _unfolded(one: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a file that is one object: a list of rows under a key, or columns.

    A column is a list, or an object with a key for each row, as pandas writes it.
    """
    columns = list(one.values())
    rows = [value for value in columns if isinstance(value, list)
            and value and all(isinstance(row, dict) for row in value)]  # fmt: skip
    if len(rows) == 1:
        return rows[0]
    if columns and all(isinstance(value, dict) for value in columns):
        keys = dict.fromkeys(key for column in columns for key in column)
        return [{name: column.get(key) for name, column in one.items()} for key in keys]
    lengths = {len(value) if isinstance(value, list) else -1 for value in columns}
    if len(lengths) == 1 and lengths != {-1}:
        return [dict(zip(one, row, strict=True)) for row in zip(*columns, strict=True)]
    return [one]


def _unnested(objects: Iterator[Numbered]) -> Iterator[Numbered]:
    """The objects, or the rows of a single one, with no objects within them."""
    first = list(islice(objects, KEYS_OF))
    if len(first) == 1:
        first = list(enumerate(_unfolded(first[0][1]), 1))
    first = [(number, _flat(number, one)) for number, one in first]
    names = dict.fromkeys(key for _, one in first for key in one)
    within = {name[:i] for name in names for i, mark in enumerate(name) if mark == "."}
    later = ((number, _flat(number, one)) for number, one in objects)
    for number, one in chain(first, later):
        # an object that is absent is no column of its own
        absent = [key for key in within.intersection(one) if one[key] in _ABSENT]
        for key in absent:
            del one[key]
        yield number, one


def _flat(number: int, one: dict[str, Any]) -> dict[str, Any]:
    """The object with the keys of those within it, as in "position.x"."""
    found: dict[str, Any] = {}
    left = list(reversed(one.items()))
    while left:
        key, value = left.pop()
        if isinstance(value, dict) and value:
            left += [(f"{key}.{own}", inner) for own, inner in reversed(value.items())]
        elif key in found:
            raise EngineError(
                f"Object {number:,} has {shown(key)} twice: as a key, and as one of an object in"
                " it.",
                "Give one of the two another name.",
            )
        else:
            found[key] = value
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _objects(text: io.TextIOWrapper) -> Iterator[Numbered]:
    """Each object with its number; only as much text is held as one object needs."""
    decoder = json.JSONDecoder(parse_float=_Written, parse_int=_Written)
    held, number = "", 0
    while True:
        held = held.lstrip(" \t\r\n,[]")
        if held:
            try:
                one, end = decoder.raw_decode(held)
            except (ValueError, RecursionError) as error:
                more = text.read(1 << 20) if len(held) < _MAX_TEXT else ""
                if not more:
                    raise _no_object(number + 1, str(error)) from error
                held += more
                continue
            number += 1
            if not isinstance(one, dict):
                raise _no_object(number, f"it is {shown(str(one), 30)}")
            yield number, one
            held = held[end:]
        else:
            held = text.read(1 << 16)
            if not held:
                return


class _Written(str):
    """A number as it was written."""


def _no_object(number: int, reason: str) -> EngineError:
    return EngineError(
        f"Object {number:,} cannot be read as JSON: {reason}.",
        'Each row has to be an object such as {"size": 1.5, "kind": "a"}.',
    )
