"""Looking through a file's rows: quickly where nothing is remarkable, to the same end."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.scan import ScannedFile, scan
from engine.data.scanning import plain_rows, rows
from engine.errors import EngineError
from engine.sources.inspect import look
from engine.specs.data import DataSpec

MARKS = frozenset({"NA", "#N/A", "?"})
CELLS = st.sampled_from(
    ["1", "02", "0", "a", "é", "NA", "#N/A", "?", "Total", " sum ", "", " ", '"x"', '"a\nb"', "# c"]
)
LINES = st.lists(st.lists(CELLS, min_size=2, max_size=2).map(",".join) | st.just(""), max_size=14)


def scanned(path: Path, *, reader: int, skip_footer: int | None) -> ScannedFile | str:
    spec = DataSpec(data=str(path), target="t", reader=reader, skip_footer=skip_footer)
    try:
        return scan(look(spec), spec, MARKS, lambda fraction: None)
    except EngineError as error:
        return str(error)


@settings(max_examples=80, deadline=None)
@given(
    lines=LINES, odd=CELLS, end=st.sampled_from(["\n", "\r\n"]), reader=st.sampled_from([1, 2]),
    footer=st.sampled_from([None, 0, 2]),
)  # fmt: skip
def test_a_file_is_seen_alike_in_blocks_of_any_size(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[str],
    odd: str,
    end: str,
    reader: int,
    footer: int | None,
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    path.write_text(end.join(["x,t", *["1,a"] * 3, *lines, odd]), "utf-8", newline="")
    found = []
    for size, plain in ((10**6, False), (10**6, True), (7, True)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rows, "BLOCK", size)
            patch.setattr(plain_rows.PlainRows, "possible", plain)
            found.append(scanned(path, reader=reader, skip_footer=footer))
    assert found[0] == found[1] == found[2]


def test_of_a_plain_file_no_row_is_looked_at_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "".join(f"{i},{'ab'[i % 2]}\n" for i in range(5_000))
    (tmp_path / "plain.csv").write_text(f"x,t\n{body}NA,a\n7,b\n")
    taken = []
    real = rows.Rows._take
    monkeypatch.setattr(rows.Rows, "_take", lambda s, *row: (taken.append(row), real(s, *row)))
    found = scanned(tmp_path / "plain.csv", reader=2, skip_footer=None)
    assert isinstance(found, ScannedFile)
    assert (found.rows, found.line_of(5_001)) == (5_002, 5_003)
    assert [row for row, _ in taken] == [["NA", "a"]]
    assert found.marks["x"]["NA"] == 1
