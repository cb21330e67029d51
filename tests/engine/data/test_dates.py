"""Dates and times, and what they are made into."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from engine.data import parse
from engine.data.datetimes import read_moments
from engine.data.load import load
from engine.errors import EngineError
from engine.specs.data import DataSpec
from tests.support.engine.written_tables import described, noise, write_rows


def test_dates_are_read_in_the_formats_they_are_written_in() -> None:
    assert read_moments(["2023-01-31", "2023-02-01"]).formats == ("ISO8601",)
    found = read_moments(["31.01.2023 08:30", "28.02.2023 09:15"]).formats
    assert "%d.%m.%Y %H:%M" in found


DAYS = pd.date_range("2019-03-01", periods=400, freq="31h")
WRITTEN: dict[str, Callable[[pd.Timestamp], str]] = {
    "ISO": lambda t: t.strftime("%Y-%m-%d"),
    "ISO with time": lambda t: t.strftime("%Y-%m-%dT%H:%M:%S"),
    "with a zone": lambda t: t.strftime("%Y-%m-%d %H:%M:%S+00:00"),
    "d.m.y": lambda t: f"{t.day}.{t.month}.{t.year}",
    "d.m.y h:m": lambda t: t.strftime("%d.%m.%Y %H:%M"),
    "m/d/y": lambda t: f"{t.month}/{t.day}/{t.year}",
    "d/m/y": lambda t: t.strftime("%d/%m/%y"),
    "American": lambda t: t.strftime("%m/%d/%Y %I:%M %p"),
    "y/m/d": lambda t: t.strftime("%Y/%m/%d"),
    "named": lambda t: t.strftime("%d-%b-%Y"),
    "in words": lambda t: t.strftime("%B %d, %Y"),
    "digits": lambda t: t.strftime("%Y%m%d"),
    "digits with time": lambda t: t.strftime("%Y%m%dT000000"),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_dates_become_their_parts(tmp_path: Path, how: str) -> None:
    rows = [
        (WRITTEN[how](day), x, "ab"[day.month > 6])
        for day, x in zip(DAYS, noise(400), strict=True)
    ]  # fmt: skip
    path = write_rows(tmp_path, "when,x,y", rows)
    result = described(path)
    assert {column.name: column.type for column in result.columns}["when"] == "datetime"
    assert 6 <= len(result.preprocessed_features) <= 12
    spec = DataSpec(data=path, target="y")
    read = load(spec).frame["when"].dt.normalize().dt.tz_localize(None)
    assert read.tolist() == DAYS.normalize().tolist()
    assert not any("could begin with" in note for note in result.notes)


def test_days_and_months_that_could_be_exchanged_are_told(tmp_path: Path) -> None:
    rows = [(f"{i % 12 + 1}/{i % 11 + 1}/2020", "ab"[i % 2]) for i in range(90)]
    path = write_rows(tmp_path, "when,y", rows)
    note = next(n for n in described(path).notes if "could begin with the day" in n)
    assert "the month is taken to come first. Set day_first to yes" in note
    first = load(DataSpec(data=path, target="y")).frame["when"].iloc[1]
    assert (first.month, first.day) == (2, 2)
    assert load(DataSpec(data=path, target="y")).frame["when"].iloc[12].month == 1
    other = DataSpec(data=path, target="y", day_first="yes")
    assert load(other).frame["when"].iloc[12].month == 2
    assert not any("could begin with" in note for note in load(other).notes)


def test_times_of_the_day_and_cells_that_are_none(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        (f"{i % 24:02d}:{i % 60:02d}", "ab"[i % 24 > 11]) for i in range(200)
    ]
    rows[7] = ("unknown", "a")
    result = described(write_rows(tmp_path, "clock,y", rows))
    assert result.preprocessed_features == ("clock (hour sin)", "clock (hour cos)")
    assert any("'unknown'" in note and "count as missing" in note for note in result.notes)
    assert {c.name: c.missing for c in result.columns}["clock"] == 1


@pytest.mark.parametrize("mark", ["0000-00-00", "-", "?", "00.00.0000"])
def test_what_stands_for_a_missing_date_makes_no_texts_of_the_others(
    tmp_path: Path, mark: str
) -> None:
    rows = [(mark if i % 5 == 0 else f"2023-0{i % 7 + 1}-1{i % 9}", "ab"[i % 2]) for i in range(60)]
    when = described(write_rows(tmp_path, "when,y", rows)).columns[0]
    assert (when.type, when.missing) == ("datetime", 12)


def test_a_column_can_be_read_as_dates_or_kept_as_categories(tmp_path: Path) -> None:
    rows = [(f"2020-0{i % 3 + 1}-01", "ab"[i % 2]) for i in range(60)]
    path = write_rows(tmp_path, "when,y", rows)
    kept = described(path, column_types={"when": "categorical"})
    assert kept.preprocessed_features == tuple(f"when=2020-0{i}-01" for i in (1, 2, 3))
    with pytest.raises(EngineError, match="'when' does not hold dates"):
        described(
            write_rows(tmp_path, "when,y", [("soon", "a"), ("late", "b")] * 9),
            column_types={"when": "datetime"},
        )


def test_texts_that_only_look_like_dates_stay_texts(tmp_path: Path) -> None:
    versions = [f"{i % 3}.{i % 5}" for i in range(60)]
    scores = [f"{i % 4}-{i % 3}" for i in range(60)]
    phones = [f"555-{i % 40:02d}-{i % 30:04d}" for i in range(60)]
    for cells in (versions, scores, phones):
        rows = [(f"v{c}" if cells is versions else c, "ab"[i % 2]) for i, c in enumerate(cells)]
        types = {c.name: c.type for c in described(write_rows(tmp_path, "what,y", rows)).columns}
        assert types["what"] == "categorical"


@pytest.mark.parametrize(
    ("cells", "kind", "missing"),
    [
        (["2023-01-31 18:30", "", "2023-02-01 07:00"], "datetime", 1),
        (["", "", "2023-02-01"], "datetime", 2),
        # one of another kind far below has all of them read as texts, and told
        ([f"2023-01-{d:02d}" for d in range(1, 31)] + ["soon"], "datetime", 1),
        (["2023-01-31"] * 3 + ["soon"] * 3, "categorical", 0),
        (["2023-01-31"] * 3 + ["2023-02-01 07:00"] * 3, "datetime", 0),
        (["", "2023-01-31", "7"], "categorical", 1),
        (["value00001", "value00002"], "categorical", 0),
    ],
)  # fmt: skip
def test_moments_are_the_same_in_pieces_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str], kind: str, missing: int
) -> None:
    path = tmp_path / "when.csv"
    path.write_text("when,x,kind\n" + "".join(f"{c},{i},{'ab'[i % 2]}\n"
                                             for i, c in enumerate(cells)))  # fmt: skip
    spec = DataSpec(data=str(path), target="kind")
    whole = load(spec)
    monkeypatch.setattr(parse.pieces, "__defaults__", (6,))
    in_pieces = load(spec)
    for table in (whole, in_pieces):
        assert table.types["when"] == kind
        assert int(table.frame["when"].isna().sum()) == missing
    assert in_pieces.frame["when"].astype(str).tolist() == whole.frame["when"].astype(str).tolist()
    assert in_pieces.notes == whole.notes
    kept = load(spec.model_copy(update={"column_types": {"when": "categorical"}}))
    assert kept.types["when"] == "categorical"
