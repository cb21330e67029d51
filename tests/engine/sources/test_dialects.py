"""A random table, written in a random dialect, is read back equal."""

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.load import load
from engine.specs.kinds.describe import DescribeSpec

# decimal mark and mark of thousands
STYLES = [(".", ""), (".", ","), (".", "'"), (",", ""), (",", "."), (",", "\u202f"), (",", " ")]
# what a cell of text may hold beside words
ODD = ["x, y", 'say "so"', "two\nlines", "semi;colon", "a|b", "it's", "ä ö", "total is 5"]


@dataclass(frozen=True)
class Written:
    """A table as columns, and the bytes of a file that holds it."""

    columns: dict[str, list[Any]]
    body: bytes


def word(rng: Random) -> str:
    return "".join(rng.choices("bcdefgxyzäöéß", k=rng.randint(2, 8)))


def columns(rng: Random) -> dict[str, list[Any]]:
    rows = rng.randint(12, 40)
    pool = rng.sample([word(rng) for _ in range(4)] + ODD, rng.randint(2, 5))
    labels = list({word(rng) for _ in range(3)} | {"a"})
    measured = [round(rng.uniform(-1e5, 1e5), rng.randint(0, 2)) for _ in range(rows)]
    # decimals, so that a decimal comma can be told from a mark of thousands
    measured[:2] = [0.25, -1234.5]
    for place in rng.sample(range(2, rows), rng.randint(0, 3)):
        measured[place] = math.nan
    return {
        "measured": measured,
        "whole": [rng.randint(0, 500) for _ in range(rows)],
        "text": [pool[i % len(pool)] for i in range(rows)],
        "kind": [labels[i % len(labels)] for i in range(rows)],
    }


def number(value: float, decimal: str, thousands: str) -> str:
    """A number as people write it: "-1'234.50", "1.234,50"."""
    text = f"{value:,.2f}" if value != int(value) else f"{value:,.0f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


def written(rng: Random) -> Written:
    """A table in any dialect, with anything above, below and behind it."""
    found = columns(rng)
    delimiter, end = rng.choice(",;\t|"), rng.choice(["\n", "\r\n", "\r"])
    style, missing = rng.choice(STYLES), rng.choice(["", "NA", "?", "n/a", "-", "."])
    # with "\r" at the end of rows csv.writer would leave a "\n" in a cell without quotes
    some = [csv.QUOTE_MINIMAL] if end != "\r" else []
    quoting = rng.choice([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, *some])
    behind = rng.choice([[], [], [""]])
    text = io.StringIO(newline="")
    above = rng.choice(["", "", "A title\n\n", "# one\n# two, three\n", f"sep={delimiter}\n"])
    text.write(above.replace("\n", end))
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow([*found, *behind])
    for measured, *others in zip(*found.values(), strict=True):
        cell = missing if math.isnan(measured) else number(measured, *style)
        writer.writerow([cell, *others, *behind])
    below = rng.choice(["", "", "total", "note"])
    if below == "total":
        writer.writerow(["Total", sum(found["whole"]), "", "", *behind])
    elif below == "note":
        text.write(f"{end}Source: the lab{end}")
    encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    return Written(found, text.getvalue().encode(encoding))


def refute(path: Path, seed: int) -> None:
    """Raise AssertionError if the table of this seed is not read as it was written."""
    table_written = written(Random(seed))
    path.write_bytes(table_written.body)
    table = load(DescribeSpec(data=str(path), target="kind"))
    wanted = table_written.columns
    assert list(table.frame.columns) == list(wanted)
    assert len(table.codes) == len(wanted["kind"])
    for value, other in zip(table.frame["measured"], wanted["measured"], strict=True):
        assert value == other or (math.isnan(value) and math.isnan(other))
    assert table.frame["whole"].tolist() == wanted["whole"]
    assert table.frame["text"].tolist() == wanted["text"]
    assert [table.classes[code] for code in table.codes] == wanted["kind"]


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_written_is_read(tmp_path: Path, seed: int) -> None:
    refute(tmp_path / "data.csv", seed)
