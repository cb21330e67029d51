"""The gate to the terminal: what of a text is shown, and what of a writing is sent at all.

Text comes from files, paths, stores and libraries, and none of it is obeyed. A character stays
one character, a mark takes one cell: widths and places hold on both sides of the gate, so a
text is laid out as it is and cleaned once, where it is sent.
"""

import re
import unicodedata

# what the workbench itself may send: a place, a style, an erasure, the question where the cursor
# is; modes and questions about them; the keyboard protocol; the pointer's shape and the clipboard;
# pictures
_OWN = re.compile(
    "\x1b(?:"
    r"\[(?:[0-9;]*[Hm]|[0-9]*[BCGX]|K|6n"
    r"|\?(?:7|25|100[0346]|101[56]|1049|2004|2026|2048)(?:[hl]|\$p)|[<>][0-9]*u)"
    r"|\](?:22;[a-z-]*|52;c;[A-Za-z0-9+/=]*)\x07"
    # which colour it has kept; the clipboard of the terminal around tmux or GNU screen
    r"|P\$qm\x1b\\"
    r"|P(?:tmux;\x1b)?\x1b\]52;c;[A-Za-z0-9+/=]*\x07\x1b\\"
    # pictures of kitty's and of sixel, and what a terminal is asked about them
    r"|_G[a-zA-Z0-9=,-]*(?:;[A-Za-z0-9+/=]*)?\x1b\\|P[0-9;]*q[!-~]*\x1b\\|\[16t|\[c"
    ")"
)


def visible(text: str) -> str:
    """`text` on one line, character for character, with a mark for each that is not plain text.

    A control character becomes its picture (escape: ␛). "�" stands for what has none: C1
    controls, format characters (bidirectional, zero width), separators of lines, lone
    surrogates, private and unassigned code points.
    """
    return text if text.isprintable() else "".join(map(_mark, text))


def _mark(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return "\N{REPLACEMENT CHARACTER}"


def visible_lines(text: str) -> str:
    """`text` with its line breaks, and all else as `visible` shows it."""
    return text if text.isprintable() else "\n".join(map(visible, text.split("\n")))


def passes(data: str) -> bool:
    """Whether `data` holds nothing but plain text and sequences that the workbench makes."""
    rest = _OWN.sub("", data)
    return visible(rest) == rest
