"""The text of a file as it stands there, for whoever has to see why it cannot be read."""

import io
from collections.abc import Callable

from engine.sources.encoding import detect_encoding
from engine.sources.files import locate
from engine.sources.inspect import read_sample
from engine.sources.streams import Source, recognized
from engine.specs.kinds.lines import LinesSpec

# lines that stand before the one that was asked for
BEFORE = 4
SAMPLE_BYTES = 64 * 1024
# of a line at a time
_PIECE = 100_000


def raw_lines(spec: LinesSpec, check: Callable[[], object]) -> dict[int, str]:
    """The lines that `spec` asks for, by their numbers; what is no character is marked.

    Raises EngineError where the file is not there, cannot be unpacked or is no text. `check` is
    called all the time; what it raises ends the reading.
    """
    source = recognized(locate(spec.data), spec.reader)
    if source.kind == "drawn":
        # shown as it stands there, line by line
        source = Source(source.path, "plain")
    # names of columns that a converter writes are no row
    first = 0 if source.packing.names_added else 1
    start = max(first + 1, spec.around - BEFORE)
    wanted = {first, *range(start, start + spec.lines - 1)}
    found: dict[int, str] = {}
    with (
        source.opened() as (raw, _),
        io.TextIOWrapper(raw, encoding=_codec(source, spec), errors="replace", newline="") as file,
    ):
        number, begins = first, True
        while number <= max(wanted) and (piece := file.readline(_PIECE)):
            check()
            if begins and number in wanted:
                found[number] = piece[: spec.characters].rstrip("\r\n")
            begins = piece.endswith(("\n", "\r"))
            number += begins
    return found


def _codec(source: Source, spec: LinesSpec) -> str:
    """The encoding that the file is read in, as far as its beginning shows it."""
    sample, _ = read_sample(source, SAMPLE_BYTES)
    wanted = str(source.packing.known.get("encoding", spec.encoding))
    return detect_encoding(sample, wanted, spec.reader).codec
