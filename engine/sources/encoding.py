"""Finding a file, and turning its bytes into text."""

import codecs
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError
from engine.specs.data import PENGUINS

ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little-endian, without a byte order mark)",
    "utf-16-be": "UTF-16 (big-endian, without a byte order mark)",
    "latin-1": "Latin-1",
    "cp1252": "Windows-1252",
}
_KNOWN_KINDS = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"\x89HDF", "an HDF5 file"),
)
_AS_CSV = "Save the table as CSV (text with one row a line), then open that file."
_C1 = re.compile(rb"[\x80-\x9f]")
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# more control characters than this are no text, however strange
_MAX_CONTROL_SHARE = 0.1


def shown(text: str, limit: int = 60) -> str:
    """`text` in quotes, cut at `limit`, with control characters written out: safe in a sentence."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def locate(data: str) -> Path:
    """The file a data setting names: 'penguins' is the packaged one, `~` is the home folder."""
    if data == PENGUINS:
        from importlib.resources import files

        return Path(str(files("engine").joinpath("data", "penguins.csv")))
    try:
        return Path(data).expanduser()
    except RuntimeError as error:
        raise EngineError(
            f"The file {shown(data)} cannot be found: no such home folder.",
            "Give the path in full, beginning with '/'.",
        ) from error


def check_file(path: Path, max_bytes: int) -> int:
    """The size of a readable, regular file in bytes; raises EngineError for anything else."""
    name = shown(str(path), 200)
    try:
        facts = os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise EngineError(
            f"The file {name} does not exist.",
            f"Looked for it in {shown(os.getcwd(), 200)}. Check the path, or complete it with Tab."
            if not path.is_absolute()
            else "Check the path, or complete it with Tab.",
        ) from error
    except OSError as error:
        raise EngineError(
            f"The file {name} cannot be read: {_reason(error)}.", "Check the path."
        ) from error
    if stat.S_ISDIR(facts.st_mode):
        raise EngineError(f"{name} is a folder, not a file.", "Name a CSV file in it.")
    if not stat.S_ISREG(facts.st_mode):
        raise EngineError(f"{name} is a device or a pipe, not a file.", "Name a CSV file.")
    if facts.st_size > max_bytes:
        raise EngineError(
            f"The file {name} has {facts.st_size / 2**30:.1f} GB; at most"
            f" {max_bytes / 2**30:.0f} GB can be read.",
            "Take a sample of its rows, or fewer columns.",
        )
    if facts.st_size == 0:
        raise EngineError(f"The file {name} is empty.", "Choose a CSV file with rows in it.")
    return facts.st_size


def read_error(path: Path, error: OSError) -> EngineError:
    """What to say when a file that exists cannot be read."""
    return EngineError(
        f"The file {shown(str(path), 200)} cannot be read: {_reason(error)}.",
        "Ask its owner for permission to read it, or copy it to a place of your own."
        if isinstance(error, PermissionError)
        else "Check the disk or the network drive it is on.",
    )


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def read_sample(path: Path, start_bytes: int, most_bytes: int) -> tuple[bytes, bool]:
    """The first bytes of a file, enough for a few lines, and whether that is all of it."""
    lines = 5
    try:
        with path.open("rb") as file:
            sample = file.read(start_bytes)
            size = start_bytes
            while sample.count(b"\n") + sample.count(b"\r") < lines and size < most_bytes:
                more = file.read(size)
                if not more:
                    break
                sample += more
                size *= 2
            return sample, not file.read(1)
    except OSError as error:
        raise read_error(path, error) from error


@dataclass(frozen=True, slots=True)
class Encoded:
    """How a file's characters are stored: a codec of Python, and whether it was guessed."""

    codec: str
    guessed: bool

    @property
    def words(self) -> str:
        """The encoding as a person calls it."""
        return ENCODING_NAMES.get(self.codec, self.codec)


def detect_encoding(sample: bytes, requested: str) -> Encoded:
    """The codec of a file that begins with `sample`; raises EngineError when it is no text."""
    for mark, kind in _KNOWN_KINDS:
        if sample.startswith(mark):
            raise EngineError(f"The file is not text: it looks like {kind}.", _AS_CSV)
    utf16 = _utf16(sample)
    if utf16 and requested in ("auto", "utf-16"):
        return Encoded(utf16, requested == "auto")
    if b"\0" in sample and requested != "utf-16":
        raise not_text(sample, sample.index(b"\0"))
    if requested == "utf-8" or (requested == "auto" and sample.startswith(codecs.BOM_UTF8)):
        marked = sample.startswith(codecs.BOM_UTF8)
        return Encoded("utf-8-sig" if marked else "utf-8", requested == "auto")
    if requested != "auto":
        return Encoded(requested, False)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return Encoded(legacy_codec(has_c1(sample), not_cp1252(sample)), True)
    return Encoded("utf-8", True)


def has_c1(body: bytes) -> bool:
    """Whether there are bytes that Latin-1 reads as control codes, Windows-1252 as characters."""
    return _C1.search(body) is not None


def not_cp1252(body: bytes) -> bool:
    """Whether there are bytes that Windows-1252 gives no character to."""
    return _NOT_CP1252.search(body) is not None


def legacy_codec(c1: bool, undefined: bool) -> str:
    """Latin-1, or Windows-1252 where it gives a character and Latin-1 a control code."""
    return "cp1252" if c1 and not undefined else "latin-1"


def not_text(body: bytes, offset: int, lines_before: int = 0) -> EngineError:
    """What to say about a zero byte."""
    line = lines_before + body.count(b"\n", 0, offset) + 1
    return EngineError(
        f"The file is not plain text: line {line:,} holds a zero byte.",
        "It may be damaged, or saved in a format of its own. " + _AS_CSV,
    )


def undecodable(codec: str, line: int) -> EngineError:
    """What to say about bytes that are no characters in the encoding."""
    name = ENCODING_NAMES.get(codec, codec)
    return EngineError(
        f"Line {line:,} holds bytes that are no {name} text.",
        "Set encoding to auto, latin-1 or cp1252, or save the file as UTF-8.",
    )


def decode_sample(sample: bytes, encoded: Encoded, whole: bool) -> str:
    """The text of a sample whose last character may be incomplete."""
    try:
        text = codecs.getincrementaldecoder(encoded.codec)().decode(sample, whole)
    except UnicodeDecodeError as error:
        raise undecodable(encoded.codec, sample.count(b"\n", 0, error.start) + 1) from error
    except UnicodeError as error:
        raise undecodable(encoded.codec, 1) from error
    head = text[:65536]
    control = sum(character < " " and character not in "\t\n\r\f\v\x1b" for character in head)
    if len(head) > 64 and control > _MAX_CONTROL_SHARE * len(head):
        raise EngineError("The file is not text: it is full of control characters.", _AS_CSV)
    return text


def _utf16(sample: bytes) -> str:
    """The UTF-16 codec of a sample, recognized by its mark or by every other byte being zero."""
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = sample[:4096]
    half = len(head) // 2
    if half >= 4:
        low, high = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
        if high > 0.8 * half and low < 0.2 * half:
            return "utf-16-le"
        if low > 0.8 * half and high < 0.2 * half:
            return "utf-16-be"
    return ""
