"""A file's text as it stands, whatever is wrong with it."""

import gzip
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.sources.raw_lines import raw_lines
from engine.specs.kinds.lines import LinesSpec


def lines(path: Path, around: int = 0, count: int = 6, **more: object) -> list[tuple[int, str]]:
    spec = LinesSpec.model_validate({"data": str(path), "around": around, "lines": count, **more})
    return list(raw_lines(spec, lambda: None).items())


def test_the_first_line_and_those_around_the_one_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress("".join(f"row {n}\r\n" for n in range(1, 400)).encode()))
    assert [number for number, _ in lines(path)] == [1, 2, 3, 4, 5, 6]
    assert lines(path, 200) == [
        (1, "row 1"), *((n, f"row {n}") for n in (196, 197, 198, 199, 200))
    ]  # fmt: skip
    assert lines(path, 399)[-1] == (399, "row 399")


def test_a_line_without_end_is_cut_off_and_bad_characters_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(b"x" * 300_000 + b"\ny,\xe9\n\xff\xfez\n")
    odd = "\N{REPLACEMENT CHARACTER}"
    found = lines(path, characters=10, encoding="utf-8")
    assert found == [(1, "x" * 10), (2, f"y,{odd}"), (3, f"{odd}{odd}z")]


def test_what_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"a,b\n\0\0\n")
    with pytest.raises(EngineError, match="not plain text"):
        lines(tmp_path / "x.csv")
    with pytest.raises(EngineError, match="no such file"):
        lines(tmp_path / "gone.csv")
