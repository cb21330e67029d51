"""Tables as Parquet: types by column, row groups instead of the whole table in memory."""

import datetime
import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest

from engine.client.parquet import write_parquet
from engine.sources import write_parquet as process


def test_a_column_has_the_type_that_all_its_cells_have(tmp_path: Path) -> None:
    head = ("whole", "real", "mixed", "late", "text", "flag", "none", "large", "huge", "both")
    rows = [
        (1, 1, 1, None, "a", True, None, 2**53 + 1, 2**63, 2**60),
        (2, 0.5, "x", None, None, False, None, 1, 1, 0.5),
        (None, float("nan"), 2.5, datetime.date(2026, 1, 2), "=1", None, None, 0, 0, None),
    ]
    path = tmp_path / "t.parquet"
    with path.open("wb") as file:
        write_parquet(file, head, rows)
    found = pq.read_table(path)
    assert [str(kind) for kind in found.schema.types] == [
        "int64", "double", "string", "string", "string", "bool", "null", "int64", "string", "string"
    ]  # fmt: skip
    assert found["whole"].to_pylist() == [1, 2, None]
    assert found["real"].to_pylist() == [1.0, 0.5, None]
    assert found["mixed"].to_pylist() == ["1", "x", "2.5"]
    assert found["late"].to_pylist() == [None, None, "2026-01-02"]
    assert found["large"].to_pylist()[0] == 2**53 + 1


def test_a_loss_beyond_all_numbers_is_no_missing_value(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    with path.open("wb") as file:
        write_parquet(file, ("loss",), [(0.5,), (float("inf"),), (float("nan"),)])
    assert pq.read_table(path)["loss"].to_pylist() == [0.5, float("inf"), None]


def test_a_long_table_comes_as_groups_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [["a", "b"], *([row, f"text {row}"] for row in range(25))]
    monkeypatch.setattr(process, "GROUP_CELLS", 20)
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(map(json.dumps, lines))))
    with (tmp_path / "t.parquet").open("wb") as file:
        monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=file))
        process.main()
    monkeypatch.undo()
    found = pq.ParquetFile(tmp_path / "t.parquet")
    assert found.metadata.num_row_groups == 3
    assert found.read(["a"])["a"].to_pylist() == list(range(25))


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    with (tmp_path / "t.parquet").open("wb") as file:
        write_parquet(file, ("a", "b"), [])
    assert pq.read_table(tmp_path / "t.parquet").schema.names == ["a", "b"]


def test_rows_that_end_too_early_end_the_process(tmp_path: Path) -> None:
    def broken() -> Iterator[list[int]]:
        yield [1]
        raise ValueError("the rows end here")

    with (tmp_path / "t.parquet").open("wb") as file, pytest.raises(ValueError, match="end here"):
        write_parquet(file, ("a",), broken())
    assert not (tmp_path / "t.parquet").read_bytes()
