"""Files whose header declares the types of their columns: ARFF, and Orange's three lines.

Their rows are read like those of any other text.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import replace

from engine.errors import EngineError
from engine.sources.layout import Layout, records
from engine.sources.sniff import SAMPLE_ROWS, Dialect, detect_dialect, is_blank
from engine.specs.data import DataSpec

_ARFF = re.compile(r"\s*(?:%[^\n]*\n\s*)*@relation\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\s*@attribute\s+('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+)\s+(.+?)\s*""", re.IGNORECASE
)
_NUMBERS = ("numeric", "real", "integer")
_ORANGE_TYPES = {
    "c": "numeric", "continuous": "numeric", "n": "numeric", "numeric": "numeric",
    "d": "categorical", "discrete": "categorical", "categorical": "categorical",
    "s": "string", "string": "string", "text": "string", "t": "", "time": "",
}  # fmt: skip
_ORANGE_FLAGS = {
    "": "", "class": "class", "c": "class", "meta": "meta", "m": "meta", "ignore": "ignore",
    "i": "ignore", "weight": "weight", "w": "weight",
}  # fmt: skip


def declared_layout(text: str, spec: DataSpec) -> Layout | None:
    """Where the rows are in a text of one of these formats, and the types; None of any other."""
    if _ARFF.match(text):
        return _arff(list(io.StringIO(text, newline="")), spec)
    head = text[:65536]
    if not re.search(r"\n[^\n]*\b(?:c|d|continuous|discrete)\b", head):
        return None
    return _orange(list(io.StringIO(text, newline="")), spec)


def _arff(lines: list[str], spec: DataSpec) -> Layout:
    data = next((i for i, line in enumerate(lines) if line.strip().lower() == "@data"), None)
    if data is None:
        raise EngineError("The ARFF file has no line '@data'.", "Fetch it again: it is cut off.")
    attributes = [found.groups() for line in lines[:data] if (found := _ATTRIBUTE.fullmatch(line))]
    names = [_unquoted(name) for name, _ in attributes]
    kinds = [kind.lower() for _, kind in attributes]
    body = [line for line in lines[data + 1 :] if not line.startswith("%") and line.strip()]
    if body and body[0].lstrip().startswith("{"):
        raise EngineError(
            "The ARFF file is sparse (rows in braces), which is not supported.",
            "Save it with full rows, or as CSV.",
        )
    dialect = _arff_dialect(body, spec)
    rows = [r for r in records(lines[data + 1 :], dialect, "%") if not is_blank(r[0])]
    types = {
        name: "categorical" if kind.startswith("{") else "numeric"
        for name, kind in zip(names, kinds, strict=True)
        if kind.startswith("{") or kind in _NUMBERS
    }
    texts = [n for n, kind in zip(names, kinds, strict=True) if kind.startswith(("string", "rel"))]
    left_out = {name: _excluded(name, "a text attribute") for name in texts}
    return Layout(
        dialect, data + 1, len(names), tuple(range(len(names))), tuple(names), True,
        tuple(r[0] for r in rows[:SAMPLE_ROWS]), "%", tuple(left_out.values()), types, left_out,
        ("?",),
    )  # fmt: skip


def _arff_dialect(body: Sequence[str], spec: DataSpec) -> Dialect:
    some = "".join(body[:SAMPLE_ROWS])
    delimiter = {"auto": "," if "," in some or "\t" not in some else "\t"}.get(
        spec.delimiter, spec.delimiter
    )
    double = re.search(rf"""(?:^|[{delimiter}])\s*\"""", some, re.MULTILINE) is not None
    return Dialect(delimiter, '"' if double else "'", skip_space=True, escape="\\")


def _unquoted(name: str) -> str:
    quoted = len(name) > 1 and name[0] == name[-1] and name[0] in "'\""
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if quoted else name


def _excluded(name: str, reason: str) -> str:
    return f"Column {name!r} is {reason} and is excluded; name it in features to learn from it."


def _orange(lines: list[str], spec: DataSpec) -> Layout | None:
    dialect = detect_dialect(lines, True, spec)
    found = [r for r in records(lines, dialect) if not is_blank(r[0])]
    if len(found) < 4 or not len(found[0][0]) == len(found[1][0]) == len(found[2][0]) > 1:
        return None
    names, kinds, flags = ([cell.strip() for cell in row] for row, _, _ in found[:3])
    if not all(kind in _ORANGE_TYPES or " " in kind for kind in kinds):
        return None
    if not all(flag in _ORANGE_FLAGS or "=" in flag for flag in flags):
        return None
    types, left_out, target = {}, {}, ""
    for name, kind, flag in zip(names, kinds, flags, strict=True):
        declared, role = _ORANGE_TYPES.get(kind, "categorical"), _ORANGE_FLAGS.get(flag, "")
        if declared in ("numeric", "categorical"):
            types[name] = declared
        if role == "class":
            target = name
        elif role:
            left_out[name] = _excluded(name, f"marked {role!r} in the third line")
        elif declared == "string":
            left_out[name] = _excluded(name, "a text attribute")
    note = "The second and third line declare types and roles, as Orange writes them."
    layout = Layout(
        dialect, found[2][2], len(names), tuple(range(len(names))), tuple(names), True,
        tuple(r[0] for r in found[3 : 3 + SAMPLE_ROWS]), "", (note, *left_out.values()), types,
        left_out,
    )  # fmt: skip
    return replace(layout, target=target)
