"""Which set each row of a file fell into: a byte a row, kept compressed."""

import zlib
from collections.abc import Iterator

# the set of code 0 is none: the row has no label
SETS = ("none", "train", "validation", "test")


def packed(codes: bytes) -> bytes:
    """The codes of all rows, positions in `SETS`, as they are stored."""
    return zlib.compress(codes)


def unpacked(body: bytes) -> Iterator[str]:
    """The set of each data row of the file, in its order."""
    return (SETS[code] for code in zlib.decompress(body))
