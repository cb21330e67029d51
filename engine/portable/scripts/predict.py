"""Predicts the class of every row of a table.

    python predict.py IN.csv -o OUT.csv

It needs Keras and NumPy, and the files beside it. OUT.csv has the columns of IN.csv as they are
written, then `prediction`, `probability:CLASS` for each class, and `flags`: categories and values
outside of what the model has learnt from.
"""

import argparse
import csv
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.sources.numbers import NumberStyle, is_missing_mark, is_number, read_number

HERE = Path(__file__).resolve().parent
# what a spreadsheet would take for a formula gets an apostrophe in front
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
YEARS = (1600, 2200)
# stand for a missing value where they are far below all others and come again
SENTINELS = (-99.0, -999.0, -9999.0, -99999.0, -999.9, -99.9, -9999.9)

Values = npt.NDArray[np.float64]
Column = dict[str, Any]


class Refused(Exception):
    """The table cannot be predicted; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Predict the table that the arguments name; 1 where it cannot be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("table", metavar="IN.csv", help="a table with the model's columns")
    parser.add_argument("-o", "--output", default="-", metavar="OUT.csv",
                        help="where to (default: standard output)")  # fmt: skip
    found = parser.parse_args(arguments)
    try:
        head, rows = predicted(Path(found.table))
    except (Refused, OSError, ValueError, csv.Error) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    if found.output == "-":
        write(sys.stdout, head, rows)
        return 0
    try:
        replace(Path(found.output), head, rows)
    except OSError as error:
        print(f"Error: {found.output} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


def replace(output: Path, head: list[str], rows: Iterable[list[str]]) -> None:
    """Write a file whole or not at all; whatever else lies beside it stays."""
    handle, name = tempfile.mkstemp(".new", f".{output.name}-", output.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            write(file, head, rows)
        # as any new file is readable, and not as a temporary one
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, output)
    except BaseException:
        os.unlink(name)
        raise


def write(file: Any, head: list[str], rows: Iterable[list[str]]) -> None:
    """The rows as CSV."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)


def predicted(path: Path) -> tuple[list[str], Iterator[list[str]]]:
    """The columns of the output, and its rows."""
    about = json.loads((HERE / "bundle.json").read_text("utf-8"))
    fitted = json.loads((HERE / "preprocessing.json").read_text("utf-8"))
    names, rows, lines = read_table(path, about["reading"], [c["name"] for c in fitted["columns"]])
    classes = fitted["classes"]
    added = ["prediction", *(f"probability:{name}" for name in classes), "flags"]
    if taken := set(added) & set(names):
        raise Refused(f"the table has a column {sorted(taken)[0]!r} already: rename or remove it.")
    cells = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    values = {
        column["name"]: values_of(column, cells[column["name"]], about, lines)
        for column in fitted["columns"]
    }
    x = np.hstack([features(column, values[column["name"]]) for column in fitted["columns"]])
    p = by_rule(about["decision"], probabilities(x))
    labels = [safe(classes[code]) for code in codes(about["decision"], classes, p)]
    flags = flags_of(about["flags"], values)
    numbers = [[f"{value:.9g}" for value in column] for column in p.T.tolist()]
    found = zip(rows, labels, *numbers, flags, strict=True)
    return [*names, *map(safe, added)], ([*row, *more] for row, *more in found)


# -- reading ---------------------------------------------------------------------------------------


def read_table(
    path: Path, reading: dict[str, Any], needed: Sequence[str]
) -> tuple[list[str], list[list[str]], list[int]]:
    """Names of the columns, rows of cells, and the line on which each row ends.

    The table is read as that was written which the model has learnt from; where its columns are
    not found so, with another delimiter.
    """
    plain = reading | {"lines_above": 0, "header": True}
    others = [plain, *(plain | {"delimiter": d} for d in ",;\t|")]
    for way in (reading, *others):
        names, rows, lines = _read(path, way)
        if set(needed) <= set(names):
            if way["delimiter"] != reading["delimiter"]:
                print(f"Note: read with the delimiter {way['delimiter']!r}.", file=sys.stderr)
            _refuse_uneven(rows, lines, len(names))
            return names, rows, lines
    names, _, _ = _read(path, reading)
    missing = [name for name in needed if name not in names]
    raise Refused(f"{path} has no column {missing[0]!r}; its columns are {', '.join(names[:20])}.")


def _read(path: Path, way: dict[str, Any]) -> tuple[list[str], list[list[str]], list[int]]:
    blanks = way["delimiter"] == "blanks"
    comments = 0

    def uncommented(file: Iterable[str]) -> Iterator[str]:
        nonlocal comments
        for line in file:
            if way["comment"] and line.startswith(way["comment"]):
                comments += 1
            else:
                yield line

    with path.open(encoding=way["encoding"], newline="") as file:
        kept = uncommented(file)
        lines = (
            (line.strip(" \t\r\n").replace("\t", " ") + "\n" for line in kept) if blanks else kept
        )
        reader = csv.reader(
            lines,
            delimiter=" " if blanks else way["delimiter"],
            quotechar=way["quote"] or None,
            quoting=csv.QUOTE_MINIMAL if way["quote"] else csv.QUOTE_NONE,
            skipinitialspace=way["skip_space"] or blanks,
            escapechar=way["escape"] or None,
        )
        found = [
            (row, reader.line_num + comments)
            for row in reader
            if len(row) > 1 or (row and row[0].strip())
        ]
    # what stands above the rows: the names of the columns are the last of it
    above = sum(line <= way["lines_above"] for _, line in found)
    names = list(way["names"])
    if way["header"]:
        above = max(1, above)
        head = found[above - 1][0] if found else []
        names = [cell.strip() or f"column {place}" for place, cell in enumerate(head, start=1)]
    return names, [row for row, _ in found[above:]], [line for _, line in found[above:]]


def _refuse_uneven(rows: Sequence[Sequence[str]], lines: Sequence[int], width: int) -> None:
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            raise Refused(f"line {line:,} has {len(row)} cells, and not {width}.")


def values_of(
    column: Column, cells: list[str], about: dict[str, Any], lines: Sequence[int]
) -> list[Any]:
    """The cells of a column as what it holds: numbers, moments or texts; None where missing."""
    missing = frozenset(about["missing"][column["name"]])
    if column["type"] == "categorical":
        return [None if cell in missing else cell for cell in cells]
    dated = column["type"] == "datetime"
    found: list[Any] = []
    style = NumberStyle(**about["reading"]["style"])
    for cell, line in zip(cells, lines, strict=True):
        marked = not dated and about["reading"]["marks"] and is_missing_mark(cell)
        if cell in missing or marked:
            found.append(None)
            continue
        value = moment(cell, about["datetimes"][column["name"]]) if dated else number(cell, style)
        if value is None:
            noun = "dates or times" if dated else "numbers"
            name = column["name"]
            raise Refused(f"column {name!r} holds {noun}, but line {line:,} has {cell[:60]!r}.")
        found.append(value)
    return found if dated or not about["reading"]["marks"] else without_sentinels(found)


def number(cell: str, style: NumberStyle) -> float | None:
    """The number that a cell holds; None where it holds none."""
    found = read_number(cell, style)
    return None if found is None else found.value


def without_sentinels(values: list[Any]) -> list[Any]:
    """The numbers without one such as -999 that stands for a missing value."""
    there = [value for value in values if value is not None]
    lowest = min(there, default=0.0)
    others = [value for value in there if value != lowest]
    marked = len(there) - len(others)
    if lowest not in SENTINELS or marked < 2 or not others or min(others) < lowest / 10:
        return values
    return [None if value == lowest else value for value in values]


def moment(cell: str, formats: Sequence[str]) -> datetime | None:
    """The moment that a cell says in one of these formats, without its time zone."""
    for form in formats:
        try:
            iso = form == "ISO8601"
            found = (
                datetime.fromisoformat(cell.strip())
                if iso
                else datetime.strptime(cell.strip(), form)
            )
            found = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
        except (ValueError, OverflowError):
            continue
        if YEARS[0] <= found.year <= YEARS[1]:
            return found.replace(microsecond=0)
    return None


# -- preprocessing ---------------------------------------------------------------------------------


def features(column: Column, values: Sequence[Any]) -> npt.NDArray[np.float32]:
    """The preprocessed features of a column, float32 [rows, features]."""
    if column["type"] == "numeric":
        return scaled(column, [math.nan if v is None else v for v in values])
    if column["type"] == "datetime":
        parts = parts_of(values)
        return np.hstack([scaled(part, parts[part["name"]]) for part in column["features"]])
    places = category_codes(column, values)
    if column["encoding"] == "ordinal":
        return scaled({"fill": 0.0} | column, places)
    width = len(column["levels"]) + bool(column["grouped"])
    x = np.zeros((len(values), width), np.float32)
    for row, place in enumerate(places):
        if 0 <= place < width:
            x[row, int(place)] = 1.0
    return x


def scaled(column: Column, values: Iterable[float]) -> npt.NDArray[np.float32]:
    """Numbers filled and scaled, float32 [rows, 1]."""
    x = np.array(list(values), np.float64)
    x[np.isnan(x)] = column["fill"]
    found: Values = (x - column["shift"]) / column["scale"]
    return found[:, None].astype(np.float32)


def category_codes(column: Column, values: Sequence[str | None]) -> list[float]:
    """The code of each category: after the last for one that is grouped, -1 for an unknown one."""
    places = {level: float(place) for place, level in enumerate(column["levels"])}
    unknown = float(len(places)) if column["grouped"] else -1.0
    missing = float(column["missing_code"])
    return [missing if value is None else places.get(value, unknown) for value in values]


def parts_of(moments: Sequence[datetime | None]) -> dict[str, Values]:
    """The parts of moments; what comes round again is a point on a circle."""
    none = math.nan
    parts = {
        "year": [none if m is None else m.year for m in moments],
        "month": [none if m is None else m.month for m in moments],
        "day": [none if m is None else m.day for m in moments],
        "weekday": [none if m is None else m.weekday() for m in moments],
        "hour": [none if m is None else m.hour + m.minute / 60 + m.second / 3600 for m in moments],
    }
    found = {name: np.array(values, np.float64) for name, values in parts.items()}
    for name, period in (("month", 12), ("weekday", 7), ("hour", 24)):
        turn = 2 * np.pi * found[name] / period
        found |= {f"{name} sin": np.sin(turn), f"{name} cos": np.cos(turn)}
    return found


# -- predicting ------------------------------------------------------------------------------------


def probabilities(x: npt.NDArray[np.float32]) -> Values:
    """What the network says of preprocessed rows, [rows, classes]."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    model = keras.models.load_model(HERE / "model.keras", compile=False, safe_mode=True)
    if not len(x):
        return np.empty((0, model.output_shape[-1]))
    return np.asarray(model.predict(x, batch_size=4096, verbose=0), np.float64)


def by_rule(decision: dict[str, Any], p: Values) -> Values:
    """The probabilities after temperature scaling."""
    if decision["temperature"] == 1.0:
        return p
    logs = np.log(np.clip(p, decision["least_probability"], 1.0)) / decision["temperature"]
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def codes(decision: dict[str, Any], classes: Sequence[str], p: Values) -> list[int]:
    """The code of each row's class: the most probable one, or by the threshold of two classes."""
    if decision["threshold"] is None:
        return [int(code) for code in p.argmax(axis=1)]
    positive = list(classes).index(decision["positive"])
    over = p[:, positive] >= decision["threshold"]
    return [positive if above else 1 - positive for above in over]


def flags_of(looks: dict[str, Any], values: dict[str, list[Any]]) -> list[str]:
    """Of each row what lies outside of what the model has learnt from."""
    found: list[list[str]] = [[] for _ in next(iter(values.values()), [])]
    for name, look in looks.items():
        for row, value in enumerate(values[name]):
            if what := _flag(look, value):
                found[row].append(f"{name}: {what}")
    return ["; ".join(flags) for flags in found]


def _flag(look: dict[str, Any], value: Any) -> str:
    if value is None:
        return ""
    if "known" in look:
        return "" if value in look["known"] else "unknown category"
    if isinstance(value, datetime):
        value = value.isoformat(" ")
    if value < look["low"]:
        return str(look["below"])
    return str(look["above"]) if value > look["high"] else ""


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    risky = text.lstrip(" ").startswith(FORMULA) and not is_number(text)
    return "'" + text if risky else text


if __name__ == "__main__":
    sys.exit(main())
