"""A stream of bytes made on the way, from what is read of another."""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol


class _Closed(Protocol):
    def close(self) -> None:
        """Let go of the file."""


def stream_of(chunks: Iterator[bytes], source: _Closed) -> BinaryIO:
    """The bytes that `chunks` gives, one piece at a time; closing it closes `source` as well."""
    return io.BufferedReader(_Chunks(chunks, source))


class _Chunks(io.RawIOBase):
    def __init__(self, chunks: Iterator[bytes], source: _Closed) -> None:
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
