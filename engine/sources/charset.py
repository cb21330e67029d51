"""Which encoding of former days the bytes of a table are in that are no UTF-8.

charset-normalizer is made for prose. A table has a handful of words, between digits: it then finds
several encodings without fault, and which of them is meant is decided by the letters that the
languages of each encoding use.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import pairwise

# letters beyond ASCII, language by language
_WESTERN = (
    "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "ãõáéíóúâêôàç", "åäöæøé", "àèéìòù", "ëïéèöü",
    "äöõüšž",
)  # fmt: skip
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíľĺňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž",
            "äöüß")  # fmt: skip
_TURKISH = ("çğıöşüâîi̇",)
_BALTIC = ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž")
_LATIN = {
    "cp1252": _WESTERN, "cp1250": _CENTRAL, "iso8859_2": _CENTRAL, "cp1254": _TURKISH,
    "cp1257": _BALTIC, "cp850": _WESTERN, "mac_roman": _WESTERN,
}  # fmt: skip
_SCRIPTS = {
    "cp1251": "CYRILLIC", "koi8_r": "CYRILLIC", "cp866": "CYRILLIC", "cp1253": "GREEK",
    "cp1255": "HEBREW", "cp1256": "ARABIC", "cp874": "THAI",
}  # fmt: skip
# the smaller set that everyday text of the encoding keeps to, and the first bytes of its more
# frequent ideographs
_EAST_ASIAN = {
    "cp932": ("shift_jis", range(0x88, 0x98)), "gb18030": ("gb2312", range(0xB0, 0xD8)),
    "euc_jp": ("euc_jp", range(0xB0, 0xD0)), "big5": ("big5", range(0xA4, 0xC7)),
    "cp949": ("euc_kr", range(0xB0, 0xC9)),
}  # fmt: skip
# the more frequent first: where the letters say nothing it decides
CODECS = (
    "cp1252", "cp932", "gb18030", "euc_jp", "big5", "cp949", "cp1251", "cp1250", "iso8859_2",
    "koi8_r", "cp1255", "cp1253", "cp1254", "cp1256", "cp874", "cp1257", "cp866", "cp850",
    "mac_roman",
)  # fmt: skip
_PRIOR = 0.012
# below this no encoding speaks for itself, and the most frequent one is taken
_PLAUSIBLE = 0.5
MAX_WORDS = 2000
# where the neighbouring encoding has a frequent letter
_RARE = frozenset("ľĺŕĽĹŔ")
_SIGNS = frozenset("¿¡°€£§²³µ«»“”„‘’–—…·ºª±×™®©•")
_ASIDE = re.compile(rb"[\x00-\x3f]+")
_HIGH = re.compile(rb"[\x80-\xff]")


def legacy_codec(sample: bytes, reader: int) -> str:
    """The most likely codec of text that is no UTF-8, by its words with letters beyond ASCII.

    A reader before the third knows the faults of one codec alone of those that read them alike.
    """
    from charset_normalizer import from_bytes

    words = {word for word in _ASIDE.split(sample) if _HIGH.search(word)}
    joined = b" ".join(sorted(words)[:MAX_WORDS])
    found = from_bytes(joined, cp_isolation=list(CODECS))
    faults = {
        codec: match.chaos - 0.2 * match.coherence
        for match in found
        for codec in (match.could_be_from_charset if reader > 2 else (match.encoding,))
    }
    scores = {
        codec: _likelihood(joined, codec) - faults.get(codec, 0.0) - _PRIOR * place
        for place, codec in enumerate(CODECS)
    }
    best = max(CODECS, key=lambda codec: scores[codec])
    return best if scores[best] >= _PLAUSIBLE else CODECS[0]


def _likelihood(words: bytes, codec: str) -> float:
    """The fraction of characters beyond ASCII that the languages of the codec use, less faults."""
    try:
        text = words.decode(codec)
    except UnicodeDecodeError:
        return -1.0
    odd = [character for character in text if character > "\x7f"]
    if not odd:
        return -1.0
    if codec in _LATIN:
        return _of_latin(text, odd, _LATIN[codec])
    if codec in _SCRIPTS:
        return _of_script(text, odd, _SCRIPTS[codec])
    return _of_east_asia(text, odd, codec)


def _of_latin(text: str, odd: list[str], languages: Iterable[str]) -> float:
    letters = [c for c in odd if c not in _SIGNS]
    used = max(
        sum((0.5 if c in _RARE else 1.0) for c in letters if c.lower() in language)
        for language in languages
    )
    # no Latin language writes three such letters in a row, or a sign within a word
    runs = sum(len(run) - 2 for run in re.findall(r"[^\W\d_a-zA-Z]{3,}", text))
    within = len(re.findall(r"(?<=[^\W\d_])[^\x00-\x7f\w\s’‘](?=[^\W\d_])", text))
    return (used + len(odd) - len(letters) - runs - within - _turns(text)) / len(odd)


def _of_script(text: str, odd: list[str], script: str) -> float:
    own = [c for c in odd if unicodedata.name(c, "").startswith(script)]
    if script == "HEBREW":
        # its vowel points are where other encodings have capital letters
        own = [c for c in own if c.isalpha()]
    used = float(len(own)) - 0.1 * sum(c.isupper() for c in own)
    if script == "CYRILLIC":
        used -= 0.5 * sum(not ("а" <= c.lower() <= "я" or c in "ёЁіІїЇєЄўЎ") for c in own)
        if sum(c.lower() in "аеёиоуыэюяіїє" for c in own) < 0.2 * len(own):
            used *= 0.8
    beside = _pairs(text, lambda a, b: a.isalpha() and b.isalpha() and a.isascii() != b.isascii())
    alone = len(re.findall(r"(?<!\S)[^\x00-\x7f](?!\S)", text))
    return (used - beside - 0.2 * alone - _turns(text)) / len(odd)


def _of_east_asia(text: str, odd: list[str], codec: str) -> float:
    usual, frequent = _EAST_ASIAN[codec]
    beside = _pairs(text, lambda a, b: a.isalpha() and b.isalpha() and a.isascii() != b.isascii())
    whole = sum(_frequency(c, codec, usual, frequent) for c in odd) - 0.5 * beside
    if codec == "cp949" and len(set(odd)) > 6:
        # text in Chinese or Japanese never happens to be all syllables of everyday Korean
        whole += 0.1 * len(odd) * all("\uac00" <= c <= "\ud7a3" for c in odd)
    return whole / len(odd)


def _frequency(character: str, codec: str, usual: str, frequent: range) -> float:
    """How well a character fits everyday text, from 0 to 1."""
    name = unicodedata.name(character, "")
    if name.startswith("HALFWIDTH"):
        return 0.0
    if name.startswith(("FULLWIDTH", "IDEOGRAPHIC")):
        return 1.0
    if name.startswith(("HIRAGANA", "KATAKANA")):
        return 1.0 if codec in ("cp932", "euc_jp") else 0.2
    if not name.startswith("HANGUL" if codec == "cp949" else "CJK"):
        return 0.2
    try:
        # what has no code of its own is spelled out in more bytes
        spelled_out = len(character.encode(usual)) > 2
    except UnicodeEncodeError:
        spelled_out = True
    if spelled_out:
        return 0.2
    return 1.0 if character.encode(codec)[0] in frequent else 0.5


def _turns(text: str) -> int:
    """How often a small letter is followed by a capital one, as in a word that is read wrongly."""
    return _pairs(text, lambda a, b: a.islower() and b.isupper())


def _pairs(text: str, holds: Callable[[str, str], bool]) -> int:
    return sum(holds(a, b) for a, b in pairwise(text))
