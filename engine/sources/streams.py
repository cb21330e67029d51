"""The bytes of a table, however it is packed: plain, compressed, or converted from another format.

What comes out is text in some encoding, read from the beginning as often as needed and never held
as a whole. Formats that need a library are converted by a process of their own, so that the screen
loads none and what is converted takes no memory here.
"""

import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

from engine.errors import EngineError
from engine.sources.drawn import converted_drawn, is_drawn
from engine.sources.encoding import shown
from engine.sources.files import read_error
from engine.sources.json_lines import converted_json

# what is known of the text that a converter writes
_CONVERTED: Final = {"delimiter": ",", "quote": '"', "encoding": "utf-8", "decimal": "."}
_TYPED: Final = _CONVERTED | {"header": "yes", "comment": "none", "skip_rows": 0, "skip_footer": 0}
_DAMAGED = (EOFError, zlib.error, zipfile.BadZipFile, lzma.LZMAError, gzip.BadGzipFile)


@dataclass(frozen=True, slots=True)
class Packing:
    """A way to keep a table in a file.

    `unpack` takes the opened file and gives the bytes of text; a `library` of the extra `formats`
    converts it instead. `known` are settings of the text that need not be found out. Where
    `records` is set a line of a message is a row of the table, since there are no lines. `note` is
    what a person has to know of any such file.
    """

    words: str
    unpack: Callable[[BinaryIO], Any] | None = None
    library: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)
    records: bool = False
    note: str = ""

    @property
    def names_added(self) -> bool:
        """Whether the first line of the text is none of the file's: the names of the columns."""
        return self.records and "header" in self.known


def _member(file: BinaryIO) -> IO[bytes]:
    """The one table in a zip archive."""
    archive = zipfile.ZipFile(file)
    names = [
        info.filename
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith(("__MACOSX/", "."))
    ]
    if len(names) != 1:
        listed = ", ".join(shown(name, 40) for name in names[:4]) + (" …" if names[4:] else "")
        raise EngineError(
            f"The archive holds {len(names)} files: {listed}."
            if names
            else "The archive is empty.",
            "Unpack it, and open the one with the table.",
        )
    try:
        return archive.open(names[0])
    except RuntimeError as error:
        raise EngineError(
            "The archive is protected by a password.", "Unpack it, and open the file in it."
        ) from error


PACKINGS: Final[dict[str, Packing]] = {
    "plain": Packing("text", lambda file: file),
    "gzip": Packing("gzip", gzip.open),
    "bzip2": Packing("bzip2", bz2.open),
    "xz": Packing("xz", lzma.open),
    "zip": Packing("zip", _member),
    "json": Packing("JSON lines", converted_json, known=_TYPED, records=True),
    "json of reader 2": Packing(
        "JSON lines", partial(converted_json, nested=False), known=_TYPED, records=True
    ),
    "drawn": Packing(
        "table drawn with lines",
        converted_drawn,
        known={"delimiter": ",", "quote": '"', "header": "yes", "comment": "none"},
        note="The table is drawn with lines: these, and text above and below it, are left out.",
    ),
    "excel": Packing("Excel", library="openpyxl", known=_CONVERTED, records=True),
    "parquet": Packing("Parquet", library="pyarrow", known=_TYPED, records=True),
}
_MARKS = (
    (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"PAR1", "parquet"),
)  # fmt: skip
_HEAD_BYTES = 4096
# the first lines of a wide table that is drawn
_DRAWN_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how it is packed, a key of `PACKINGS`."""

    path: Path
    kind: str

    @property
    def packing(self) -> Packing:
        """What is known of files of its kind."""
        return PACKINGS[self.kind]

    @contextmanager
    def opened(self) -> "Iterator[tuple[BinaryIO, Callable[[], int]]]":
        """The bytes of text, and a function that says how many bytes of the file are read.

        Raises EngineError where the file cannot be read, unpacked or converted.
        """
        try:
            with ExitStack() as stack:
                if self.packing.library:
                    yield stack.enter_context(_converted(self)), lambda: 0
                    return
                file = stack.enter_context(self.path.open("rb"))
                assert self.packing.unpack is not None
                yield stack.enter_context(self.packing.unpack(file)), file.tell
        except _DAMAGED as error:
            raise EngineError(
                f"The file {shown(str(self.path), 200)} is damaged: {error}.",
                "It may be cut off: fetch or pack it again.",
            ) from error
        except OSError as error:
            raise read_error(self.path, error) from error

    def header(self) -> dict[str, Any]:
        """What a converter says of the columns: their types, notes about the whole."""
        if not self.packing.library:
            return {"notes": [self.packing.note]} if self.packing.note else {}
        with _run_converter(self) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            _refuse_failed(self, process, at_end=not line)
            found: dict[str, Any] = json.loads(line)
            return found


def recognized(path: Path, reader: int) -> Source:
    """How the file is packed for a `reader`, told from its first bytes alone."""
    as_json = "json" if reader > 2 else "json of reader 2"
    try:
        with path.open("rb") as file:
            start = file.read(_DRAWN_BYTES)
    except OSError as error:
        raise read_error(path, error) from error
    head = start[:_HEAD_BYTES]
    for mark, kind in _MARKS:
        if head.startswith(mark):
            return Source(path, kind)
    if head.startswith(b"PK\x03\x04"):
        return Source(path, _kind_of_archive(path))
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begins[:1] == b"{" and b'"' in head[:200]:
        return Source(path, as_json)
    lists: tuple[bytes, ...] = (b"[{", b"{}")
    if reader > 2:
        # "[" and blanks, as a list begins that is written for people
        lists, begins = (*lists, b"[["), b"".join(begins.split())
    if begins.startswith(lists):
        return Source(path, as_json)
    return Source(path, "drawn" if reader > 2 and is_drawn(start) else "plain")


def _kind_of_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise EngineError(
            f"The file {shown(str(path), 200)} is a damaged archive: {error}.", "Fetch it again."
        ) from error
    if "xl/workbook.xml" in names:
        return "excel"
    if "content.xml" in names and "mimetype" in names:
        raise EngineError(
            "The file is an OpenDocument spreadsheet, which is not supported.",
            "Save the table as CSV or as an Excel workbook (.xlsx), then open that file.",
        )
    return "zip"


# -- what needs a library --------------------------------------------------------------------------


@contextmanager
def _run_converter(source: Source) -> "Iterator[subprocess.Popen[bytes]]":
    code = (
        "import sys; sys.path[:] = sys.argv.pop(1).split(chr(10))\n"
        "from engine.sources.convert import main; main()"
    )
    # isolated from the person's environment, with the modules of this process
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", code, "\n".join(sys.path), source.kind, str(source.path)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _converted(source: Source) -> Iterator[BinaryIO]:
    with _run_converter(source) as process:
        yield io.BufferedReader(_Output(source, process))


class _Output(io.RawIOBase):
    """What a converter writes after its first line; raises EngineError when it fails."""

    def __init__(self, source: Source, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        self._source, self._process, self._pipe = source, process, process.stdout
        self._begun = False

    def readable(self) -> bool:
        """It is read from alone."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """The next bytes of text."""
        if not self._begun:
            self._begun = True
            self._pipe.readline()
        body: bytes = self._pipe.read1(len(buffer))  # type: ignore[attr-defined]
        buffer[: len(body)] = body
        _refuse_failed(self._source, self._process, at_end=not body)
        return len(body)


def _refuse_failed(source: Source, process: "subprocess.Popen[bytes]", *, at_end: bool) -> None:
    if not at_end or process.wait() == 0:
        return
    assert process.stderr is not None
    said = process.stderr.read().decode("utf-8", "replace").strip().splitlines()
    try:
        message, hint = json.loads(said[-1])
    except (IndexError, ValueError):
        reason = said[-1] if said else f"its converter ended with code {process.returncode}"
        message, hint = f"The {source.packing.words} file cannot be read: {reason}.", ""
    raise EngineError(message, hint or "Save the table as CSV, then open that file.")
