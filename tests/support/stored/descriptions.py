"""What `describe` finds in a small table, worked out with the standard library alone."""

import csv
import statistics
from functools import cache
from importlib.resources import files
from typing import Any

from engine.results.describe import Bin, ColumnFacts, DescribeResult, Scatter, Statistics

BINS = 20


@cache
def penguins() -> DescribeResult:
    """The packaged penguins as the Data screen gets them."""
    text = files("engine.data").joinpath("penguins.csv").read_text("utf-8")
    names, *rows = csv.reader(text.splitlines())
    return described(names, rows, "species", parts={"train": 206, "validation": 69, "test": 69})


def described(
    names: list[str], rows: list[list[str]], target: str, parts: dict[str, int], **more: Any
) -> DescribeResult:
    """A table of text cells; a column of numbers is numeric."""
    at = names.index(target)
    labels = sorted({row[at] for row in rows})
    classes = [labels.index(row[at]) for row in rows]
    columns, numeric = [], {}
    for place, name in enumerate(names):
        cells = [row[place] for row in rows]
        kept = [cell for cell in cells if cell not in ("", "NA")]
        values = [_number(cell) if cell not in ("", "NA") else None for cell in cells]
        is_numeric = name != target and all(_number(cell) is not None for cell in kept)
        if is_numeric:
            numeric[name] = values
        columns.append(
            ColumnFacts(
                name=name,
                role="target" if name == target else "feature",
                type="numeric" if is_numeric else "categorical",
                missing=len(cells) - len(kept),
                distinct=len(set(kept)),
                examples=tuple(dict.fromkeys(kept))[:3],
                warning="",
                statistics=_statistics(values, classes, labels) if is_numeric else (),
                histogram=_bins(values, classes, len(labels)) if is_numeric else (),
                categories=()
                if is_numeric or name == target
                else tuple(
                    (category, tuple(
                        sum(c == category and k == i for c, k in zip(cells, classes, strict=True))
                        for i in range(len(labels))
                    ))
                    for category in sorted(set(cells))
                ),
            )
        )  # fmt: skip
    facts = {
        "rows": len(rows),
        "columns": tuple(columns),
        "target": target,
        "classes": tuple((label, classes.count(i)) for i, label in enumerate(labels)),
        "parts": parts,
        "preprocessed_features": tuple(numeric),
        "correlation_features": tuple(numeric),
        "correlations": tuple(
            tuple(_correlation(tuple(one), tuple(other)) for other in numeric.values())
            for one in numeric.values()
        ),
        "scatter": Scatter(
            features=tuple(numeric),
            values=tuple(tuple(values) for values in numeric.values()),
            classes=tuple(classes),
        ),
        "head": tuple(tuple(row) for row in rows[:10]),
        "reading": {"delimiter": ",", "encoding": "UTF-8", "decimal mark": "."},
        "notes": (),
    }
    return DescribeResult(**(facts | more))


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _statistics(
    values: list[float | None], classes: list[int], labels: list[str]
) -> tuple[Statistics, ...]:
    found = []
    for place, label in enumerate(["", *labels], start=-1):
        kept = [
            value
            for value, index in zip(values, classes, strict=True)
            if value is not None and place in (-1, index)
        ]
        if len(kept) > 1:
            found.append(
                Statistics(
                    label=label, rows=len(kept), mean=statistics.fmean(kept),
                    std=statistics.stdev(kept), minimum=min(kept),
                    median=float(statistics.median(kept)), maximum=max(kept),
                )
            )  # fmt: skip
    return tuple(found)


def _bins(values: list[float | None], classes: list[int], count: int) -> tuple[Bin, ...]:
    kept = [value for value in values if value is not None]
    low, width = min(kept), (max(kept) - min(kept)) / BINS or 1.0
    rows = [[0] * count for _ in range(BINS)]
    for value, index in zip(values, classes, strict=True):
        if value is not None:
            rows[min(BINS - 1, int((value - low) / width))][index] += 1
    return tuple(
        Bin(low=low + i * width, high=low + (i + 1) * width, rows=tuple(row))
        for i, row in enumerate(rows)
    )


@cache
def _correlation(one: tuple[float | None, ...], other: tuple[float | None, ...]) -> float | None:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    xs, ys = [a for a, _ in pairs], [b for _, b in pairs]
    if len(set(xs)) < 2 or len(set(ys)) < 2:
        return None
    return round(statistics.correlation(xs, ys), 12)
