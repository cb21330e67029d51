"""Rows of a search space as keys change them: another setting, another kind, another text."""

from collections.abc import Sequence

from engine.specs.search_space import parse_dimension
from engine.specs.typed_text import number, show
from penguin_tui.forms.search_space.row import Row, RowKind, info_of, names_of
from penguin_tui.forms.search_space.vary import number_of, rows_of


def suggested(setting: str, *, typed: bool = False, listed: bool = False) -> Row:
    """The row a setting begins with; `listed` where only single values can be tried."""
    found = info_of(setting)
    text = found.suggested(listed=typed or (listed and found.shape != "integer"))
    return rows_of({setting: parse_dimension(text)}, typed=typed)[0]


def unused(kind: str, rows: Sequence[Row]) -> str:
    """A setting that no row varies yet, the usual ones first."""
    usual = ("learning_rate", "batch_size", "units", "epochs", "dropout", *names_of(kind))
    taken = {row.setting for row in rows}
    return next((name for name in usual if name not in taken), usual[0])


def next_setting(kind: str, rows: Sequence[Row], row: Row, step: int) -> str:
    """The setting `step` after that of the row, among those no other row varies."""
    taken = {one.setting for one in rows} - {row.setting}
    free = [name for name in names_of(kind) if name not in taken]
    return free[(free.index(row.setting) + step) % len(free)]


def next_kind(row: Row, step: int) -> Row:
    """The row with the kind `step` after its own."""
    kinds = row.kinds
    place = kinds.index(row.kind) if row.kind in kinds else 0
    return with_kind(row, kinds[(place + step) % len(kinds)])


def with_kind(row: Row, kind: RowKind) -> Row:
    """The row with another kind; what was typed is kept as far as it fits."""
    others = {**dict(row.others), row.kind: row.texts}
    if kind in others:
        return Row(row.setting, kind, others[kind], tuple(others.items()))
    start = suggested(row.setting)
    if kind == start.kind and row.kind != kind:
        default = start.texts
    else:
        default = {"steps": ("0", "1", "0.1"), "list": ("0, 1",)}.get(kind, ("0", "1"))
    if row.kind == "list":
        items = [item.strip() for item in row.texts[0].split(",") if item.strip()]
        texts = (items[0], items[-1], *default[2:]) if len(items) > 1 else default
    elif kind == "list":
        texts = (", ".join(row.texts[:2]),)
    else:
        texts = (*row.texts[:2], *default[2:])
    return Row(row.setting, kind, texts, tuple(others.items()))


def as_wanted(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with the kinds that were chosen, where a search can have all of them."""
    return tuple(with_kind(row, row.wanted) if row.wanted else row for row in rows)


def listed_rows(rows: Sequence[Row], count: int = 4) -> tuple[Row, ...]:
    """The rows with every continuous range as a list of `count` values between its bounds."""
    return tuple(_listed(row, count) for row in rows)


def _listed(row: Row, count: int) -> Row:
    if row.kind not in ("range", "log range"):
        return row
    low, high = (number(text.strip()) for text in row.texts)
    if isinstance(low, str) or isinstance(high, str) or not low < high:
        return row
    whole = isinstance(number_of(row.texts[0].strip(), row), int)
    if row.kind == "range" and whole:
        return row
    places = [place / (count - 1) for place in range(count)]
    if row.kind == "log range" and low > 0:
        values = [low * (high / low) ** place for place in places]
    else:
        values = [low + (high - low) * place for place in places]
    found = [round(value) if whole else float(f"{value:.4g}") for value in values]
    text = ", ".join(show(v) for v in dict.fromkeys(found))
    others = (*row.others, (row.kind, row.texts))
    return Row(row.setting, "list", (text,), others, wanted=row.kind)


def with_text(row: Row, place: int, text: str) -> Row:
    """The row with one of its texts changed."""
    texts = (*row.texts[:place], text, *row.texts[place + 1 :])
    return Row(row.setting, row.kind, texts)
