"""Tables that a test writes into a file, and what the program reads."""

import csv
import io
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.data.load import Table, load
from engine.data.summary import summarize
from engine.results.describe import DescribeResult
from engine.specs.kinds.describe import DescribeSpec

ROWS = 40
PLAIN = "x,y,kind\n" + "".join(f"0.{i + 11},{i}.5,{'ab'[i % 2]}\n" for i in range(ROWS))
LINES = PLAIN.splitlines(keepends=True)


def write(folder: Path, body: str | bytes, name: str = "data.csv") -> str:
    """The path of a file with this body."""
    path = folder / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return str(path)


def write_rows(folder: Path, names: str, rows: Iterable[tuple[object, ...]]) -> str:
    """The path of a table whose names are given with commas between them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names.split(","))
    writer.writerows(rows)
    return write(folder, text.getvalue())


def read(folder: Path, body: str | bytes, target: str = "kind", **settings: Any) -> Table:
    """The table that the program reads."""
    return load(DescribeSpec(data=write(folder, body), target=target, **settings))


def described(path: str | Path, target: str = "y", **settings: Any) -> DescribeResult:
    """What is found in a table."""
    spec = DescribeSpec(data=str(path), target=target, **settings)
    return summarize(load(spec), spec)


def noise(count: int, seed: int = 0) -> list[float]:
    """Numbers from 0 to 1 that say nothing of a class."""
    chance = random.Random(seed)
    return [round(chance.random(), 3) for _ in range(count)]


def column(cells: list[str], delimiter: str = ";", rows: int = ROWS) -> str:
    """A table of a column x with these cells again and again, and two classes."""
    body = "".join(f"{cells[i % len(cells)]}{delimiter}{'ab'[i % 2]}\n" for i in range(rows))
    return f"x{delimiter}kind\n{body}"
