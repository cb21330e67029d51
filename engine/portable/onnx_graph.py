"""A run as an ONNX graph: the columns as they are go in, the probability of each class comes out.

Written node by node: dense layers need no converter. GELU is written with Erf, as Keras computes
it. Loaded in ONNX Runtime and compared before it counts as written.

Inputs, a row each [rows, 1]: a number is a double (NaN where it is missing), a category a string
("" where it is missing), a date or time an int64 of seconds since 1970 (the least int64 where it is
missing). Outputs: `probabilities` float [rows, classes], `label` string [rows].
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.client.exporting import ExportRequest
from engine.client.file_process import Written
from engine.data.datetime_columns import as_moments
from engine.data.log_probabilities import LEAST_PROBABILITY
from engine.data.preprocessing.preprocessor import (
    CategoryColumn,
    Column,
    DatetimeColumn,
    NumericColumn,
)
from engine.errors import EngineError
from engine.exports.whole_file import write_whole
from engine.portable.graph import Graph, Name
from engine.portable.kept import KeptRun
from engine.portable.reading import Reading
from engine.portable.target import refuse_existing
from engine.prediction.fitted_run import FittedModel
from engine.store.store import Store
from engine.version import __version__

# numbers of Keras's formulas, as engine.prediction.network has them
_SELU_ALPHA: Final = 1.6732632423543772
_SELU_GAMMA: Final = 1.0507009873554805
_DAY: Final = 86_400
_NO_TIME: Final = np.iinfo(np.int64).min


def write(store: Store, request: ExportRequest) -> Iterator[Written]:
    """Write the graph, load it in ONNX Runtime, compare, and only then put it where it is wanted.

    Raises EngineError where the extra is not installed, or the graph predicts otherwise.
    """
    refuse_existing(request)
    _refuse_missing_library()
    kept = KeptRun.load(store, request.run)
    yield Written(step="writing the graph")
    body = graph_of(kept.fitted, Reading.of(kept), f"run {kept.record.id}")
    yield Written(step="comparing with ONNX Runtime")
    frame = kept.trial
    worst = kept.refuse_difference(
        run_graph(body, kept.fitted, frame), kept.fitted.probabilities(frame), "ONNX graph"
    )
    write_whole(request.target, body, request.force)
    yield Written(path=str(request.target), size=len(body), files=1)
    yield Written(note=f"ONNX Runtime predicts {len(frame):,} rows alike (within {worst:.0e}).")


def _refuse_missing_library() -> None:
    try:
        import onnx
        import onnxruntime  # noqa: F401
    except ImportError as error:
        raise EngineError(
            f"ONNX needs the package {error.name}, which is not installed.",
            "Install the extra: pip install 'penguin-tui[onnx]'.",
        ) from error
    _ = onnx


def run_graph(body: bytes, model: FittedModel, frame: pd.DataFrame) -> Any:
    """The probabilities [rows, classes] that ONNX Runtime gives for rows of the run's columns."""
    import onnxruntime

    session = onnxruntime.InferenceSession(body, providers=["CPUExecutionProvider"])
    inputs = {c.name: _cells(c, frame[c.name]) for c in model.preprocessor.columns}
    (found,) = session.run(["probabilities"], inputs)
    return found


def _cells(column: Column, cells: "pd.Series[Any]") -> Any:
    """Cells as the graph takes them, [rows, 1]."""
    if isinstance(column, CategoryColumn):
        texts = ["" if pd.isna(cell) else str(cell) for cell in cells]
        return np.array(texts, object)[:, None]
    if isinstance(column, DatetimeColumn):
        moments = as_moments(cells, column.day_first).to_numpy().astype("datetime64[s]")
        return moments.astype(np.int64)[:, None]
    return cells.to_numpy(np.float64)[:, None]


def graph_of(model: FittedModel, reading: Reading, name: str) -> bytes:
    """The graph as the bytes of an `.onnx` file."""
    graph = Graph()
    features = []
    for column in model.preprocessor.columns:
        if isinstance(column, CategoryColumn):
            missing = ("", *reading.missing.get(column.name, ()))
            features.append(_category(graph, column, missing))
        elif isinstance(column, DatetimeColumn):
            features.append(_moment(graph, column))
        else:
            given = graph.input(column.name, "double")
            features.append(_scaled(graph, given, column))
    x = graph.add("Concat", *features, axis=1) if len(features) > 1 else features[0]
    for layer in model.network.layers:
        z = graph.add("Add", graph.add("MatMul", x, graph.constant(layer.kernel)),
                      graph.constant(layer.bias))  # fmt: skip
        x = _activated(graph, layer.activation, z)
    p = _by_temperature(graph, x, model.rule.temperature)
    graph.output("probabilities", p, "float", len(model.classes))
    graph.output("label", _label(graph, p, model), "string")
    return graph.to_bytes(name, f"penguin-tui {__version__}")


def _scaled(graph: Graph, values: Name, column: NumericColumn) -> Name:
    """(x - shift) / scale in double precision, with missing values filled: float [rows, 1]."""
    fill = graph.constant(np.float64(column.fill))
    there = graph.add("Where", graph.add("IsNaN", values), fill, values)
    moved = graph.add("Sub", there, graph.constant(np.float64(column.shift)))
    return graph.cast(graph.add("Div", moved, graph.constant(np.float64(column.scale))), "float")


def _category(graph: Graph, column: CategoryColumn, missing: Sequence[str]) -> Name:
    """The code of each category by a table of texts, then its features."""
    texts = graph.input(column.name, "string")
    codes = dict.fromkeys(missing, column.missing_code)
    codes |= {level: code for code, level in enumerate(column.levels)}
    found = graph.lookup(texts, codes, len(column.levels) if column.grouped else -1)
    if column.encoding == "ordinal":
        scales = NumericColumn(name=column.name, fill=0, shift=column.shift, scale=column.scale)
        return _scaled(graph, graph.cast(found, "double"), scales)
    places = np.arange(len(column.feature_names), dtype=np.int64)[None, :]
    return graph.cast(graph.add("Equal", found, graph.constant(places)), "float")


def _moment(graph: Graph, column: DatetimeColumn) -> Name:
    """The parts of a moment by the civil calendar (Hinnant 2013, days_from_civil)."""
    seconds = graph.input(column.name, "int64")
    missing = graph.add("Equal", seconds, graph.constant(np.int64(_NO_TIME)))
    known = graph.add("Where", missing, graph.constant(np.int64(0)), seconds)
    parts = _civil(graph, known)
    found = []
    for part in column.features:
        name, _, turn = part.name.partition(" ")
        value = graph.cast(parts[name], "double")
        if turn:
            period = {"month": 12, "weekday": 7, "hour": 24}[name]
            around = graph.add("Mul", value, graph.constant(np.float64(2 * np.pi / period)))
            # ONNX Runtime has sine and cosine of doubles, and of floats alone in earlier versions
            narrow = graph.add({"sin": "Sin", "cos": "Cos"}[turn], graph.cast(around, "float"))
            value = graph.cast(narrow, "double")
        none = graph.constant(np.float64(np.nan))
        found.append(_scaled(graph, graph.add("Where", missing, none, value), part))
    return graph.add("Concat", *found, axis=1) if len(found) > 1 else found[0]


def _civil(graph: Graph, seconds: Name) -> dict[str, Name]:
    """Year, month, day, weekday and hour of seconds since 1970, int64 [rows, 1] (hour: double)."""

    def whole(value: int) -> Name:
        return graph.constant(np.int64(value))

    def floored(a: Name, b: int) -> tuple[Name, Name]:
        """The quotient, rounded down, and the rest, which has the sign of `b`."""
        rest = graph.add("Mod", a, whole(b))
        return graph.add("Div", graph.add("Sub", a, rest), whole(b)), rest

    def plus(a: Name, b: Name | int) -> Name:
        return graph.add("Add", a, whole(b) if isinstance(b, int) else b)

    def minus(a: Name, b: Name) -> Name:
        return graph.add("Sub", a, b)

    def times(a: Name, b: int) -> Name:
        return graph.add("Mul", a, whole(b))

    days, of_day = floored(seconds, _DAY)
    weekday = graph.add("Mod", plus(days, 3), whole(7))
    era, day_of_era = floored(plus(days, 719_468), 146_097)
    leap = plus(minus(floored(day_of_era, 36_524)[0], floored(day_of_era, 1_460)[0]),
                times(floored(day_of_era, 146_096)[0], -1))  # fmt: skip
    year_of_era, _ = floored(plus(day_of_era, leap), 365)
    gone = minus(plus(times(year_of_era, 365), floored(year_of_era, 4)[0]),
                 floored(year_of_era, 100)[0])  # fmt: skip
    day_of_year = minus(day_of_era, gone)
    shifted, _ = floored(plus(times(day_of_year, 5), 2), 153)
    day = plus(minus(day_of_year, floored(plus(times(shifted, 153), 2), 5)[0]), 1)
    # the civil year of this count begins in March
    late = graph.add("Less", shifted, whole(10))
    month = graph.add("Where", late, plus(shifted, 3), plus(shifted, -9))
    early = graph.add("Where", late, whole(0), whole(1))
    year = plus(plus(year_of_era, times(era, 400)), early)
    hour = graph.add("Div", graph.cast(of_day, "double"), graph.constant(np.float64(3600)))
    return {"year": year, "month": month, "day": day, "weekday": weekday, "hour": hour}


def _activated(graph: Graph, name: str, z: Name) -> Name:
    """An activation of `engine.prediction.network.FUNCTIONS` as nodes."""
    match name:
        case "relu" | "tanh" | "sigmoid" | "elu":
            return graph.add(name.capitalize(), z)
        case "leaky_relu":
            return graph.add("LeakyRelu", z, alpha=0.2)
        case "selu":
            return graph.add("Selu", z, alpha=_SELU_ALPHA, gamma=_SELU_GAMMA)
        case "silu":
            return graph.add("Mul", z, graph.add("Sigmoid", z))
        case "gelu":
            half = graph.add("Mul", z, graph.constant(np.float32(0.5)))
            part = graph.add("Mul", z, graph.constant(np.float32(np.sqrt(0.5))))
            erf = graph.add("Erf", part)
            return graph.add("Mul", half, graph.add("Add", erf, graph.constant(np.float32(1))))
        case "softmax":
            return graph.add("Softmax", z, axis=1)
    raise EngineError(f"The activation {name} has no form in ONNX.", "Please report it.")


def _by_temperature(graph: Graph, p: Name, temperature: float) -> Name:
    if temperature == 1.0:
        return p
    low = graph.constant(np.float32(LEAST_PROBABILITY))
    logs = graph.add("Log", graph.add("Max", p, low))
    divided = graph.add("Div", logs, graph.constant(np.float32(temperature)))
    return graph.add("Softmax", divided, axis=1)


def _label(graph: Graph, p: Name, model: FittedModel) -> Name:
    """The label of each row: of the most probable class, or by the threshold of two classes."""
    rule, classes = model.rule, list(model.classes)
    if rule.threshold is None:
        code = graph.add("ArgMax", p, axis=1, keepdims=0)
    else:
        positive = classes.index(rule.positive)
        place = graph.constant(np.array(positive, np.int64))
        own = graph.add("Gather", p, place, axis=1)
        over = graph.add("GreaterOrEqual", own, graph.constant(np.float32(rule.threshold)))
        yes, no = (graph.constant(np.int64(code)) for code in (positive, 1 - positive))
        code = graph.add("Where", over, yes, no)
    return graph.labels(code, classes)
