"""Bodies of rows, compressed: curves and results take a third of their bytes."""

import zlib

# a shorter text is stored as it is
LONG = 1_000


def packed(body: bytes) -> bytes:
    """A body as it is stored."""
    return zlib.compress(body)


def unpacked(body: bytes) -> bytes:
    """What was `packed`; raises ValueError of anything else."""
    try:
        return zlib.decompress(body)
    except zlib.error as error:
        raise ValueError("not compressed by this program") from error


def packed_text(text: str) -> str | bytes:
    """A text as it is stored: a long one compressed, which SQLite then has as a BLOB."""
    return text if len(text) < LONG else packed(text.encode())


def unpacked_text(body: str | bytes) -> str:
    """What `packed_text` has made of a text; raises ValueError of anything else."""
    return body if isinstance(body, str) else unpacked(body).decode()
