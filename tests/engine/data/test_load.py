"""A CSV file as a table."""

import time
from pathlib import Path

import numpy as np
import pytest

from engine.data.load import load
from engine.data.scan import RowLines
from engine.errors import EngineError
from engine.specs.data import DataSpec
from tests.support.engine.written_tables import write


def test_penguins_as_seaborn_serves_them() -> None:
    table = load(DataSpec())
    assert len(table.codes) == table.file.rows == 344
    assert table.classes == ("Adelie", "Gentoo", "Chinstrap")
    assert np.bincount(table.codes).tolist() == [152, 124, 68]
    missing = table.frame.isna().sum()
    assert missing["sex"] == 11
    assert [missing[name] for name in table.features if table.types[name] == "numeric"] == [2] * 4
    assert table.notes == ()
    assert len(table.file.sha256) == 64


def test_columns_can_be_typed_by_hand(tmp_path: Path) -> None:
    path = write(tmp_path, "zip,size,label\n" + "01,1,a\n1,2,b\n" * 5)
    plain = load(DataSpec(data=path, target="label"))
    assert list(plain.frame["zip"].cat.categories) == ["01", "1"]
    typed = load(DataSpec(data=path, target="label", column_types={"zip": "numeric"}))
    assert typed.types["zip"] == "numeric"
    sizes = load(DataSpec(data=path, target="label", column_types={"size": "categorical"}))
    assert list(sizes.frame["size"].cat.categories) == ["1", "2"]


def test_truth_values_keep_their_spelling(tmp_path: Path) -> None:
    path = write(tmp_path, "ok,n,label\nTRUE,1,a\nfalse,2,b\nTrue,3,a\n,4,b\n")
    table = load(DataSpec(data=path, target="label"))
    assert list(table.frame["ok"].cat.categories) == ["TRUE", "True", "false"]


def test_a_column_of_numbers_with_a_late_text_stays_text(tmp_path: Path) -> None:
    # far enough for pandas to have typed the beginning already
    rows = "".join(f"0{i % 7},{i},{'ab'[i % 2]}\n" for i in range(200_000))
    table = load(
        DataSpec(data=write(tmp_path, "code,n,label\n" + rows + "late,1,a\n"), target="label")
    )
    assert table.types["code"] == "categorical"
    assert list(table.frame["code"].cat.categories) == [*(f"0{i}" for i in range(7)), "late"]
    assert any("line 200,002 has 'late'" in note for note in table.notes)


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        (["10", "9", "2"], ("2", "9", "10")),
        (["1.0", "2.0", "1"], ("1", "1.0", "2.0")),
        (["001", "01", "1"], ("001", "01", "1")),
        (["grade 10", "grade 2", "grade 1"], ("grade 1", "grade 2", "grade 10")),
        (["0.5 mg", "0.25 mg", "10 mg"], ("0.25 mg", "0.5 mg", "10 mg")),
        (["b", "a", "B"], ("B", "a", "b")),
        (["-1", "1", "0"], ("-1", "0", "1")),
        (["v1.5", "2", "3"], ("2", "3", "v1.5")),
        (["chinstrap", "ADELIE", "Gentoo"], ("ADELIE", "Gentoo", "chinstrap")),
    ],
)
def test_the_order_of_classes(tmp_path: Path, cells: list[str], classes: tuple[str, ...]) -> None:
    body = "".join(f"{i},{cell}\n" for i, cell in enumerate(cells * 3))
    table = load(DataSpec(data=write(tmp_path, "x,species\n" + body), target="species"))
    assert table.classes == classes
    assert [classes[code] for code in table.codes[: len(cells)]] == cells


def test_rows_without_a_label_keep_the_others_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, "x,label\n1,a\n2,\n\n3,b\n4,NA\n5,a\n")
    table = load(DataSpec(data=path, target="label"))
    assert table.rows.tolist() == [1, 3, 5]
    assert table.frame["x"].tolist() == [1, 3, 5]
    assert [table.file.lines.line(int(row)) for row in table.rows] == [2, 5, 7]
    assert table.notes == (
        "'NA' (1 row) in 'label' are taken for a missing label. To keep them as classes, set"
        " missing_values to nothing.",
        "2 rows without a value of 'label' are dropped: lines 3, 6.",
    )


def test_a_line_before_the_first_empty_one_has_its_number(tmp_path: Path) -> None:
    path = write(tmp_path, "1,a\nodd,b\n\n3,a\n4,b\n")
    spec = DataSpec(data=path, target="column 2", header="no", column_types={"column 1": "numeric"})
    with pytest.raises(EngineError, match="line 2 has 'odd'"):
        load(spec)


def test_lines_are_found_across_blank_lines_and_long_cells() -> None:
    lines = RowLines(starts=(1, 4, 5), lines=(2, 7, 9))
    assert [lines.line(row) for row in range(1, 8)] == [2, 3, 4, 7, 9, 10, 11]


def test_long_lines_beside_one_odd_letter_are_read_at_once(tmp_path: Path) -> None:
    rows = "".join(f"{'x' * 50_000},{i},{'ab'[i % 2]}\n" for i in range(20))
    before = time.thread_time()
    table = load(DataSpec(data=write(tmp_path, f"text,n,é\n{rows}"), target="é"))
    assert len(table.codes) == 20
    # a look at each pair of letters of a line takes a minute
    assert time.thread_time() - before < 2


def test_a_left_out_column_may_hold_anything(tmp_path: Path) -> None:
    path = write(tmp_path, "x,odd,label\n1,inf,a\n2,1e999,b\n3,2,a\n")
    with pytest.raises(EngineError, match="'odd' holds an infinite number on line 2"):
        load(DataSpec(data=path, target="label"))
    table = load(DataSpec(data=path, target="label", exclude=("odd",)))
    assert table.features == ("x",)


def test_features_can_be_chosen(tmp_path: Path) -> None:
    path = write(tmp_path, "x,y,z,label\n" + "1,2,3,a\n2,2,1,b\n" * 3)
    table = load(DataSpec(data=path, target="label", features=("z", "x", "y"), exclude=("x",)))
    assert table.features == ("z", "y")


def test_progress_is_told_and_can_end_the_loading(tmp_path: Path) -> None:
    path = write(tmp_path, "x,label\n" + "1,a\n2,b\n" * 300_000)
    shares: list[float] = []
    load(DataSpec(data=path, target="label"), shares.append)
    assert shares == sorted(shares)
    assert len(shares) >= 4

    class Enough(Exception):
        pass

    def stop(share: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        load(DataSpec(data=path, target="label"), stop)


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "x,label\n" + "1,a\n2,b\n" * 10)
    body = Path(path).read_bytes()

    def change(share: float) -> None:
        Path(path).write_bytes(body + b"3,a\n")

    with pytest.raises(EngineError, match=r"changed while it was read|can be read as"):
        load(DataSpec(data=path, target="label"), change)


def test_many_odd_columns_are_told_in_few_notes(tmp_path: Path) -> None:
    names = [f"id{i}" for i in range(50)]
    rows = "".join(
        ",".join(f"k{i}{r}x" for i in range(50)) + f",{'ab'[r % 2]}\n" for r in range(40)
    )
    table = load(DataSpec(data=write(tmp_path, ",".join([*names, "label"]) + "\n" + rows),
                          target="label"))  # fmt: skip
    assert len(table.warnings) == 50
    assert len(table.notes) == 4
    assert table.notes[-1].startswith("Columns 'id3', 'id4', 'id5', 'id6' and 43 more")
