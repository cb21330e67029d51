"""Turning the bytes of a table into text."""

import codecs
from contextlib import suppress
from dataclasses import dataclass

from engine.errors import EngineError
from engine.sources.charset import legacy_codec
from engine.sources.first_reader import western_codec

ENCODING_NAMES = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16", "utf-32": "UTF-32",
    "utf-16-le": "UTF-16 (little-endian, without a byte order mark)",
    "utf-16-be": "UTF-16 (big-endian, without a byte order mark)",
    "latin-1": "Latin-1", "cp1252": "Windows-1252", "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)", "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)", "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)", "cp1257": "Windows-1257 (Baltic)",
    "iso8859_2": "Latin-2", "koi8_r": "KOI8-R (Cyrillic)", "cp866": "code page 866 (Cyrillic)",
    "cp874": "Windows-874 (Thai)", "cp850": "code page 850", "mac_roman": "Mac Roman",
    "cp932": "Shift JIS", "euc_jp": "EUC-JP", "gb18030": "GBK (GB 18030)", "big5": "Big5",
    "cp949": "EUC-KR",
}  # fmt: skip
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"PK\x03\x04", "a zip archive within another archive"),
    (b"\x1f\x8b", "a gzip archive within another archive"),
)
_TAR, _TAR_AT = b"ustar", 257
_MARKED_UP = (
    (b"<!doctype html", "a web page"), (b"<html", "a web page"), (b"<table", "a web page"),
    (b"<?xml", "an XML document"),
)  # fmt: skip
_AS_CSV = "Save the table as CSV (text with one row a line), then open that file."
# more control characters than this are no text, however strange
_MAX_CONTROL_SHARE = 0.1


def shown(text: str, limit: int = 60) -> str:
    """`text` in quotes, cut at `limit`, with control characters written out: safe in a sentence."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


@dataclass(frozen=True, slots=True)
class Encoded:
    """How a file's characters are stored: a codec of Python, and whether it was guessed."""

    codec: str
    guessed: bool

    @property
    def words(self) -> str:
        """The encoding as a person calls it."""
        return ENCODING_NAMES.get(self.codec, self.codec)


def detect_encoding(sample: bytes, requested: str, reader: int) -> Encoded:
    """The codec of a file that begins with `sample`; raises EngineError when it is no text."""
    for mark, kind in _FOREIGN:
        if sample.startswith(mark):
            raise EngineError(f"The file is not text: it looks like {kind}.", _AS_CSV)
    if sample.startswith(_TAR, _TAR_AT):
        raise EngineError(
            "The file is not text: it looks like a tar archive.", "Unpack it, and open the table."
        )
    begins = sample[:100].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for mark, kind in _MARKED_UP if reader > 2 else ():
        if begins.startswith(mark):
            raise EngineError(
                f"The file is no table: it looks like {kind}.",
                "Where it was fetched from it may stand beside such a page: fetch it again, or save"
                " the table as CSV.",
            )
    utf16 = _utf16(sample)
    if utf16 and requested in ("auto", "utf-16"):
        return Encoded(utf16, requested == "auto")
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) and requested == "auto":
        return Encoded("utf-32", True)
    if b"\0" in sample and not takes_zeros(requested):
        raise not_text(sample, sample.index(b"\0"))
    if requested == "utf-8" or (requested == "auto" and sample.startswith(codecs.BOM_UTF8)):
        marked = sample.startswith(codecs.BOM_UTF8)
        return Encoded("utf-8-sig" if marked else "utf-8", requested == "auto")
    if requested != "auto":
        return Encoded(requested, False)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return guessed_encoding(sample, reader)
    return Encoded("utf-8", True)


def guessed_encoding(sample: bytes, reader: int) -> Encoded:
    """The encoding of text that is no UTF-8, as a `reader` guesses it.

    Since the third it is UTF-8 all the same where most lines are, so that the few others are told.
    """
    if reader > 2 and _mostly_utf8(sample):
        return Encoded("utf-8", True)
    codec = "cp1252" if reader == 1 else legacy_codec(sample, reader)
    # the two Western ones differ in a few bytes, which tell them apart
    return Encoded(western_codec(sample) if codec == "cp1252" else codec, True)


def _mostly_utf8(sample: bytes) -> bool:
    """Whether most lines with letters beyond ASCII are UTF-8, which others never are by chance."""
    odd = [line for line in sample.splitlines() if not line.isascii()]
    valid = 0
    for line in odd:
        with suppress(UnicodeDecodeError):
            line.decode("utf-8")
            valid += 1
    return valid > max(1, len(odd) // 2)


def takes_zeros(codec: str) -> bool:
    """Whether a zero byte is part of ordinary text."""
    return codec.replace("_", "-").startswith(("utf-16", "utf-32"))


def not_text(body: bytes, offset: int, lines_before: int = 0) -> EngineError:
    """What to say about a zero byte."""
    line = lines_before + body.count(b"\n", 0, offset) + 1
    return EngineError(
        f"The file is not plain text: line {line:,} holds a zero byte.",
        "It may be damaged, or saved in a format of its own. " + _AS_CSV,
    )


def undecodable(encoded: Encoded, line: int) -> EngineError:
    """What to say about bytes that are no characters in the encoding."""
    return EngineError(
        f"Line {line:,} holds bytes that are no {encoded.words} text.",
        "Correct the line, or set encoding to what the file is in."
        if encoded.guessed
        else "Set encoding to auto or to what the file is in, or save it as UTF-8.",
    )


def decode_sample(sample: bytes, encoded: Encoded, whole: bool) -> str:
    """The text of a sample whose last character may be incomplete."""
    try:
        text = codecs.getincrementaldecoder(encoded.codec)().decode(sample, whole)
    except UnicodeDecodeError as error:
        raise undecodable(encoded, sample.count(b"\n", 0, error.start) + 1) from error
    except UnicodeError as error:
        raise undecodable(encoded, 1) from error
    head = text[:65536]
    control = sum(character < " " and character not in "\t\n\r\f\v\x1b" for character in head)
    if len(head) > 64 and control > _MAX_CONTROL_SHARE * len(head):
        raise EngineError("The file is not text: it is full of control characters.", _AS_CSV)
    return text


def _utf16(sample: bytes) -> str:
    """The UTF-16 codec of a sample, recognized by its mark or by every other byte being zero."""
    if sample.startswith(codecs.BOM_UTF32_LE):
        return ""
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


def encoding_note(encoded: Encoded) -> tuple[str, ...]:
    """A note on a guessed encoding that is not UTF-8, nor marked by the file itself."""
    if not encoded.guessed or encoded.codec.startswith("utf"):
        return ()
    return (
        f"The file is not UTF-8 and is read as {encoded.words}."
        " If letters look wrong, set encoding.",
    )
