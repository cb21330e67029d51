"""The names of columns: given where there are none, numbered where there are several of one."""

import difflib
from collections import Counter
from collections.abc import Sequence

from engine.errors import EngineError
from engine.sources.encoding import Encoded, shown
from engine.sources.layout import Layout

NO_NAMES = (
    "The first line holds data, so the columns are called 'column 1', 'column 2' and so on. If it"
    " holds names, set header to yes."
)


def name_columns(layout: Layout, reader: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns' names, each once, and the notes about them.

    A name that comes again gets a number; for the first `reader` it raises EngineError instead.
    """
    places = [place + 1 for place in layout.places]
    if not layout.has_header:
        return tuple(f"column {i}" for i in places), (NO_NAMES,)
    # a second mark of the byte order would be part of the first name, and not be seen
    unseen = "\ufeff" if reader > 2 else ""
    names = [name.strip().strip(unseen) for name in layout.names]
    unnamed = [i for i, name in zip(places, names, strict=True) if not name]
    columns = [name or f"column {i}" for i, name in zip(places, names, strict=True)]
    notes = _unnamed_note(unnamed)
    doubles = [name for name, n in Counter(columns).items() if n > 1]
    if doubles and reader == 1:
        raise _doubles(columns, doubles)
    if doubles:
        renamed = named_once(columns)
        changed = [(old, new) for old, new in zip(columns, renamed, strict=True) if old != new]
        called = ", ".join(shown(new, 40) for _, new in changed[:4])
        more = f" and {len(changed) - 4:,} more" if len(changed) > 4 else ""
        notes += (
            f"Several columns have the same name, {shown(changed[0][0], 40)}: those that come again"
            f" are called {called}{more}.",
        )
        columns = renamed
    return tuple(columns), notes


def named_once(names: Sequence[str]) -> list[str]:
    """The names, with a number behind each that came before."""
    taken, found = set(names), []
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        new = name
        while seen[name] > 1 and new in taken:
            new = f"{name}_{seen[name]}"
            seen[name] += new in taken
        taken.add(new)
        found.append(new)
    return found


def _unnamed_note(unnamed: Sequence[int]) -> tuple[str, ...]:
    if not unnamed:
        return ()
    called = f"called 'column {unnamed[0]}'"
    if len(unnamed) == 1:
        return (f"Column {unnamed[0]} has no name and is {called}.",)
    return (f"Columns {_first_of(unnamed)} have no names and are {called} and so on.",)


def _doubles(columns: Sequence[str], doubles: Sequence[str]) -> EngineError:
    where = [i for i, name in enumerate(columns, 1) if name == doubles[0]]
    more = f" (and {len(doubles) - 1:,} more names)" if len(doubles) > 1 else ""
    return EngineError(
        f"Several columns have the same name: {shown(doubles[0])} at {_first_of(where)}{more}.",
        "Rename them in the first line; set header to no if that line is a row of data.",
    )


def _first_of(places: Sequence[int]) -> str:
    """The first five places of columns."""
    return ", ".join(f"{place:,}" for place in places[:5]) + (" …" if len(places) > 5 else "")


def check_column(
    columns: Sequence[str], name: str, field: str, encoding: Encoded | None = None,
    layout: Layout | None = None,
) -> None:  # fmt: skip
    """Raise EngineError, with the nearest name, unless `name` is one of `columns`.

    Where letters beyond ASCII may have been read wrongly the error says in which `encoding`; where
    nothing is near, what of the `layout` was guessed.
    """
    if name in columns:
        return
    near = nearest(name, columns)
    listed = ", ".join(shown(c, 30) for c in columns[:8]) + (" …" if len(columns) > 8 else "")
    hint = f"Did you mean {shown(near)}?" if near else f"The columns are {listed}."
    if layout is not None and not near:
        hint = " ".join((hint, *layout.notes, *(() if layout.has_header else (NO_NAMES,))))
    if encoding is not None and not "".join(columns).isascii():
        hint += (
            f" The file is read as {encoding.words}{' (guessed)' if encoding.guessed else ''}: if"
            " the names look wrong, set encoding."
        )
    raise EngineError(f"{field}: there is no column {shown(name)}.", hint)


def nearest(name: str, columns: Sequence[str]) -> str:
    """The column whose name is most alike, or ''."""
    plain = name.strip().casefold()
    for column in columns:
        if column.casefold() == plain:
            return column
    # comparing is quadratic in the length of the names
    short = {column[:100].casefold(): column for column in reversed(columns[:2000])}
    found = difflib.get_close_matches(plain[:100], short, n=1, cutoff=0.6)
    return short[found[0]] if found else ""
