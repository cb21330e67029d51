"""A small network written out: as a formula, as SQL, as a scoring card, checked on rows.

Names and texts in the SQL are quoted, and what is executed is executed in memory alone.
"""
# ruff: noqa: S608

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.preprocessing.preprocessor import CategoryColumn, NumericColumn, Preprocessor
from engine.prediction.network import Layer, Network
from engine.results.smallest import WrittenOut

# what is still read
MOST_UNITS, MOST_TERMS = 8, 400
# rows that are checked at a time
_BLOCK_ROWS = 20_000
# points of the largest term of a card, tried from the left until it gives the network's classes
_POINTS = (10, 20, 50, 100, 200, 500, 1000)
# an activation in SQL, of {z}
_SQL = {
    "relu": "CASE WHEN {z} > 0 THEN {z} ELSE 0 END",
    "leaky_relu": "CASE WHEN {z} > 0 THEN {z} ELSE 0.2 * {z} END",
    "elu": "CASE WHEN {z} > 0 THEN {z} ELSE EXP({z}) - 1 END",
    "sigmoid": "1 / (1 + EXP(-({z})))",
    "silu": "({z}) / (1 + EXP(-({z})))",
    "tanh": "1 - 2 / (EXP(2 * ({z})) + 1)",
}


@dataclass(frozen=True, slots=True)
class _Term:
    """A feature in the data's own units: its name, and its value as SQL.

    `level` is the category of which it is 1; of a number None. A missing value is `fill`.
    """

    column: str
    fill: float | str
    level: str | None = None

    @property
    def shown(self) -> str:
        """How it is written in a formula."""
        return self.column if self.level is None else f"[{self.column} = {self.level}]"

    @property
    def sql(self) -> str:
        """Its value in a query."""
        name = _name(self.column)
        if self.level is None:
            return f"COALESCE({name}, {self.fill:.9g})"
        known = f"COALESCE({name}, {_text(str(self.fill))})" if self.fill else name
        return f"(CASE WHEN {known} = {_text(self.level)} THEN 1 ELSE 0 END)"


def write_out(network: Network, fitted: Preprocessor, frame: pd.DataFrame) -> WrittenOut:
    """The network as text, checked against it on all rows of `frame`; or why it is not written."""
    if why_not := _refusal(network, fitted):
        return WrittenOut(why_not=why_not)
    terms, kernel, shift = _in_own_units(network.layers[0], fitted)
    sql = _query(network, fitted, terms, kernel, shift)
    expected = network.probabilities(fitted.apply(frame)).argmax(axis=1)
    # a row as objects of Python takes twenty times what it takes in the frame
    blocks = [
        (frame.iloc[start : start + _BLOCK_ROWS], expected[start : start + _BLOCK_ROWS])
        for start in range(0, len(frame), _BLOCK_ROWS)
    ]
    card, by_card = _card(network, fitted, terms, kernel, shift, frame, blocks)
    return WrittenOut(
        formula=tuple(_formula(network, fitted, terms, kernel, shift)),
        sql=sql, card=card, checked=len(frame), card_differing=by_card,
        differing=sum(int((_by_sql(sql, fitted, own) != said).sum()) for own, said in blocks),
    )  # fmt: skip


def _refusal(network: Network, fitted: Preprocessor) -> str:
    hidden = network.hidden
    if len(hidden) > 1 or any(units > MOST_UNITS for units in hidden):
        return f"It has more than one hidden layer of {MOST_UNITS} units."
    if hidden and network.layers[0].activation not in _SQL:
        return f"{network.layers[0].activation} has no form in SQL."
    odd = [
        c.name
        for c in fitted.columns
        if not isinstance(c, NumericColumn)
        and not (isinstance(c, CategoryColumn) and c.encoding == "one_hot" and not c.grouped)
    ]
    if odd:
        return f"Column {odd[0]} is preprocessed in a way that has no short form."
    if network.layers[0].kernel.size > MOST_TERMS:
        return f"It has more than {MOST_TERMS} terms."
    return ""


def _in_own_units(
    layer: Layer, fitted: Preprocessor
) -> tuple[list[_Term], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The layer for features that are not scaled: terms, kernel [terms, units], bias [units]."""
    kernel, bias = layer.kernel.astype(np.float64), layer.bias.astype(np.float64)
    terms, rows, place = [], [], 0
    for column in fitted.columns:
        if isinstance(column, NumericColumn):
            terms.append(_Term(column.name, column.fill))
            rows.append(kernel[place] / column.scale)
            bias = bias - kernel[place] * column.shift / column.scale
            place += 1
        elif isinstance(column, CategoryColumn):
            code = column.missing_code
            filled = column.levels[code] if 0 <= code < len(column.levels) else ""
            for level in column.levels:
                terms.append(_Term(column.name, filled, level))
                rows.append(kernel[place])
                place += 1
    return terms, np.array(rows), bias


def _formula(
    network: Network, fitted: Preprocessor, terms: list[_Term], kernel: npt.NDArray[np.float64],
    bias: npt.NDArray[np.float64],
) -> Iterator[str]:  # fmt: skip
    inputs = [term.shown for term in terms]
    if network.hidden:
        units = [f"h{i + 1}" for i in range(network.hidden[0])]
        for unit, weights, own in zip(units, kernel.T, bias, strict=True):
            yield f"{unit} = {network.layers[0].activation}({_sum(inputs, weights, own)})"
        last = network.layers[-1]
        inputs, kernel, bias = units, last.kernel.astype(float), last.bias.astype(float)
    for label, weights, own in zip(fitted.classes, kernel.T, bias, strict=True):
        yield f"score of {label} = {_sum(inputs, weights, own)}"
    yield "class = that of the largest score; probabilities = softmax of the scores"


def _sum(inputs: list[str], weights: npt.NDArray[np.float64], bias: float) -> str:
    parts = [f"{bias:.4g}"]
    parts += [
        f"{'-' if w < 0 else '+'} {abs(w):.4g}·{name}"
        for name, w in zip(inputs, weights, strict=True)
    ]
    return " ".join(parts)


def _query(
    network: Network, fitted: Preprocessor, terms: list[_Term], kernel: npt.NDArray[np.float64],
    bias: npt.NDArray[np.float64],
) -> str:  # fmt: skip
    """A query that gives the class of each row of the table `data`."""
    inputs, source, steps = [term.sql for term in terms], "data", []
    if network.hidden:
        named = [f"h{i + 1}" for i in range(network.hidden[0])]
        sums = ",\n  ".join(
            f"{_sql_sum(inputs, w, b)} AS {unit}"
            for unit, w, b in zip(named, kernel.T, bias, strict=True)
        )
        steps.append(f"sums AS (\n  SELECT data.*,\n  {sums}\n  FROM data\n)")
        function = _SQL[network.layers[0].activation]
        outs = ",\n  ".join(f"{function.format(z=unit)} AS a{unit}" for unit in named)
        steps.append(f"hidden AS (\n  SELECT sums.*,\n  {outs}\n  FROM sums\n)")
        last = network.layers[-1]
        inputs, source = [f"a{unit}" for unit in named], "hidden"
        kernel, bias = last.kernel.astype(np.float64), last.bias.astype(np.float64)
    scores = [f"score_{i + 1}" for i in range(len(fitted.classes))]
    sums = ",\n  ".join(
        f"{_sql_sum(inputs, w, b)} AS {score}"
        for score, w, b in zip(scores, kernel.T, bias, strict=True)
    )
    steps.append(f"scores AS (\n  SELECT {source}.*,\n  {sums}\n  FROM {source}\n)")
    cases = []
    for i, label in enumerate(fitted.classes[:-1]):
        others = " AND ".join(f"{scores[i]} >= {other}" for other in scores if other != scores[i])
        cases.append(f"WHEN {others} THEN {_text(label)}")
    chosen = "\n    ".join(cases)
    return (
        "WITH " + ",\n".join(steps) + "\nSELECT scores.*,\n  CASE\n    " + chosen
        + f"\n    ELSE {_text(fitted.classes[-1])}\n  END AS predicted\nFROM scores"
    )  # fmt: skip


def _sql_sum(inputs: list[str], weights: npt.NDArray[np.float64], bias: float) -> str:
    parts = [f"{w:.9g} * {name}" for name, w in zip(inputs, weights, strict=True)]
    return " + ".join([f"{bias:.9g}", *parts])


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _by_sql(sql: str, fitted: Preprocessor, frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The class of each row by the query, done by SQLite."""
    rows = pd.DataFrame(
        {
            column.name: frame[column.name].astype(
                object if isinstance(column, CategoryColumn) else float
            )
            for column in fitted.columns
        }
    )
    rows = rows.astype(object).where(rows.notna(), None)
    place = {label: code for code, label in enumerate(fitted.classes)}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.create_function("EXP", 1, _exp, deterministic=True)
        columns = ", ".join(map(_name, rows.columns))
        connection.execute(f"CREATE TABLE data ({columns})")
        marks = ", ".join("?" * len(rows.columns))
        connection.executemany(f"INSERT INTO data VALUES ({marks})", rows.to_numpy().tolist())
        found = connection.execute(f"SELECT predicted FROM ({sql})").fetchall()
    return np.array([place[label] for (label,) in found], np.int64)


def _exp(value: float) -> float:
    return math.exp(min(700.0, value))


def _card(
    network: Network, fitted: Preprocessor, terms: list[_Term], kernel: npt.NDArray[np.float64],
    bias: npt.NDArray[np.float64], frame: pd.DataFrame,
    blocks: Sequence[tuple[pd.DataFrame, npt.NDArray[np.int64]]],
) -> tuple[tuple[tuple[str, ...], ...], int]:  # fmt: skip
    """A card of whole points for each class, and on how many rows it gives another class.

    `blocks` are the rows of `frame` with the class of each by the network. The card's rows are
    term, unit, and the points of each class; of numbers for each unit of theirs.
    """
    if network.hidden:
        return (), 0
    units = [_unit(float(_value(t, frame).std())) if t.level is None else 1.0 for t in terms]
    weights = kernel * np.array(units)[:, None]
    # what all classes have in common decides nothing
    weights, bias = weights - weights.mean(axis=1, keepdims=True), bias - bias.mean()
    points = start = np.zeros(0)
    differing = 0
    for most in _POINTS:
        scale = most / max(np.abs(weights).max(), 1e-12)
        points, start = np.round(weights * scale), np.round(bias * scale)
        differing = sum(
            int((((_values(terms, own) / units) @ points + start).argmax(axis=1) != said).sum())
            for own, said in blocks
        )
        if not differing:
            break
    rows = [("start", "", *(f"{p:+.0f}" for p in start))]
    rows += [
        (term.shown, f"each {unit:g}" if term.level is None else "if so",
         *(f"{p:+.0f}" for p in np.atleast_1d(own)))
        for term, unit, own in zip(terms, units, points, strict=True)
    ]  # fmt: skip
    return (("term", "points", *fitted.classes), *rows), differing


def _values(terms: list[_Term], frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    return np.column_stack([_value(term, frame) for term in terms])


def _value(term: _Term, frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    column = frame[term.column]
    if term.level is None:
        return np.asarray(column.astype(float).fillna(term.fill), np.float64)
    return np.asarray(column.astype(object).fillna(term.fill) == term.level, np.float64)


def _unit(spread: float) -> float:
    """1, 2 or 5 times a power of ten, about a quarter of what the values differ by."""
    if not spread > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(spread / 4))
    return max(f * power for f in (1, 2, 5) if f * power <= spread / 4 * (1 + 1e-9))
