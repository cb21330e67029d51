"""JSON objects, one a row, as text with a cell for each key."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from engine.errors import EngineError
from engine.sources.encoding import shown

# the columns are the keys of so many objects; one that comes later is refused, with its line
KEYS_OF = 10_000
_BATCH_ROWS = 1000
_MAX_TEXT = 64 * 2**20


def converted_json(file: BinaryIO) -> BinaryIO:
    """The objects of `file` (one a line, or in one list) as CSV with a first row of names.

    Numbers stay as they are written. Raises EngineError, while it is read, for what is no object
    and for a key that the first objects do not have.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig")
    return io.BufferedReader(_Chunks(_rows(text), text))


class _Chunks(io.RawIOBase):
    """A stream of what an iterator gives."""

    def __init__(self, chunks: Iterator[bytes], source: io.TextIOWrapper) -> None:
        self._chunks, self._source, self._rest = chunks, source, b""

    def close(self) -> None:
        """Let go of what the chunks are made from."""
        self._source.close()
        super().close()

    def readable(self) -> bool:
        """It is read from alone."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """The next bytes."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        body = self._rest[: len(buffer)]
        self._rest = self._rest[len(body) :]
        buffer[: len(body)] = body
        return len(body)


def _rows(text: io.TextIOWrapper) -> Iterator[bytes]:
    objects = _objects(text)
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


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _objects(text: io.TextIOWrapper) -> Iterator[tuple[int, dict[str, Any]]]:
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
