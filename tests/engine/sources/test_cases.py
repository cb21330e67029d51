"""Tables as people have them, read without setting anything (cases/), and more of each kind."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.client.following import follow
from engine.client.submission import submit
from engine.data.load import Table, load
from engine.data.summary import summarize
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.results.describe import DescribeResult
from engine.results.scores import TrainResult
from engine.sources.inspect import look
from engine.specs.data import DataSpec
from engine.specs.kinds.describe import DescribeSpec
from engine.store.store import Store

FOLDER = Path(__file__).parent / "cases"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
ROWS = 40


def described(path: Path, target: str, **settings: Any) -> DescribeResult:
    spec = DescribeSpec(data=str(path), target=target, **settings)
    return summarize(load(spec), spec)


def expecting(*keys: str) -> list[str]:
    """The tables of which a person may expect something of the kind."""
    return [name for name, wanted in EXPECTED.items() if not keys or set(keys) & set(wanted)]


def test_every_expectation_is_looked_at() -> None:
    looked_at = {
        "target", "columns", "rows", "types", "distinct", "missing", "maximum", "classes",
        "classes_or_note", "says", "excluded", "features_at_most", "accuracy", "refused",
    }  # fmt: skip
    assert {key for wanted in EXPECTED.values() for key in wanted} == looked_at


@pytest.mark.parametrize("name", [name for name in EXPECTED if "refused" not in EXPECTED[name]])
def test_what_a_person_may_expect_of_a_table(name: str) -> None:
    wanted = EXPECTED[name]
    result = described(FOLDER / name, wanted["target"])
    columns = {column.name: column for column in result.columns}
    classes = {label for label, _ in result.classes}
    assert wanted.get("columns", len(columns)) == len(columns)
    assert wanted.get("rows", result.rows) == result.rows
    assert {n: columns[n].type for n in wanted.get("types", {})} == wanted.get("types", {})
    assert {n: columns[n].distinct for n in wanted.get("distinct", {})} == wanted.get(
        "distinct", {}
    )
    assert {n: columns[n].missing for n in wanted.get("missing", {})} == wanted.get("missing", {})
    for column, (least, most) in wanted.get("maximum", {}).items():
        assert least <= max(one.maximum for one in columns[column].statistics) <= most
    for key in ("classes", "classes_or_note"):
        assert set(wanted.get(key, classes)) == classes
    assert wanted.get("says", "") in " ".join(result.notes)
    most_features = wanted.get("features_at_most", len(result.preprocessed_features))
    assert len(result.preprocessed_features) <= most_features


@pytest.mark.parametrize("name", expecting("excluded"))
def test_what_is_excluded_is_told_and_comes_back_when_asked_for(name: str) -> None:
    wanted = EXPECTED[name]
    path, target, excluded = FOLDER / name, wanted["target"], wanted["excluded"]
    result = described(path, target)
    assert [c.name for c in result.columns if c.role == "excluded"] == excluded
    assert not set(excluded) & set(result.preprocessed_features)
    for column in excluded:
        assert any(repr(column) in note and "include" in note for note in result.notes)
    back = described(path, target, include=tuple(excluded))
    assert set(excluded) <= {column.name for column in back.columns if column.role == "feature"}


@pytest.mark.parametrize("name", expecting("refused"))
def test_what_cannot_be_learnt_is_refused_in_words_that_say_why(name: str) -> None:
    with pytest.raises(EngineError) as caught:
        described(FOLDER / name, EXPECTED[name]["target"])
    assert EXPECTED[name]["refused"] in str(caught.value).lower()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", expecting("accuracy"))
def test_a_network_learns_from_a_table_what_is_in_it(store: Store, name: str) -> None:
    wanted = EXPECTED[name]
    fields = {"data": str(FOLDER / name), "target": wanted["target"], "epochs": 60}
    *_, (record, state) = follow(store, submit(store, make_spec("train", fields)))
    result = state.result
    assert isinstance(result, TrainResult), record.message
    assert result.scores.validation is not None
    assert result.scores.validation.accuracy.value >= wanted["accuracy"]


# -- more of the same kinds ------------------------------------------------------------------------


def read(folder: Path, body: str | bytes, target: str = "kind", **settings: Any) -> Table:
    path = folder / "data.csv"
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return load(DescribeSpec(data=str(path), target=target, **settings))


def column(cells: list[str], delimiter: str = ";", rows: int = ROWS) -> str:
    """A table of a column x with these cells again and again, and two classes."""
    body = "".join(f"{cells[i % len(cells)]}{delimiter}{'ab'[i % 2]}\n" for i in range(rows))
    return f"x{delimiter}kind\n{body}"


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,200", "950", "701"], [1200, 950, 701]),
        (["1.200", "950", "701"], [1200, 950, 701]),
        (["1'200.5", "950.25"], [1200.5, 950.25]),
        (["1’200", "950"], [1200, 950]),
        (["1\u202f200,5", "950,5"], [1200.5, 950.5]),
        (["1\u00a0200", "950"], [1200, 950]),
        (["1 200 300", "950"], [1200300, 950]),
        (["1.200,50", "950,25"], [1200.5, 950.25]),
        (["1,200,300", "950"], [1200300, 950]),
        (["12,34,567", "950"], [1234567, 950]),
        (["2,5", "3"], [2.5, 3]),
        (["2.5", "3"], [2.5, 3]),
        (["0,125", "1,250"], [0.125, 1.25]),
        (["1.125", "2", "3.375"], [1.125, 2, 3.375]),
        (["(1,200)", "950"], [-1200, 950]),
        (["($1,200.50)", "$950"], [-1200.5, 950]),
        (["−3.5", "4"], [-3.5, 4]),
        (["–3", "4"], [-3, 4]),
        (["5.5%", "12 %"], [5.5, 12]),
        (["€ 1.200,50", "€ 950"], [1200.5, 950]),
        (["1.200,50 €", "950 €"], [1200.5, 950]),
        (["CHF 1'200", "CHF 950"], [1200, 950]),
        (["1.200-", "950"], [-1200, 950]),
        (["+3", "-4"], [3, -4]),
        (["1e3", "2.5E-2"], [1000, 0.025]),
    ],
)
def test_numbers_as_people_write_them(
    tmp_path: Path, cells: list[str], values: list[float]
) -> None:
    table = read(tmp_path, column(cells))
    assert table.types["x"] == "numeric"
    assert table.frame["x"].tolist()[: len(values)] == values


def test_a_number_is_never_silently_a_thousandth_of_itself(tmp_path: Path) -> None:
    told = read(tmp_path, column(["1,200", "950"])).notes
    assert any("'1,200' is 1200" in note for note in told)
    # another column proves a decimal comma: the cells contradict it, and that is told
    body = "pop;area;kind\n" + "1,200;2,1;a\n950;7,85;b\n701;3,5;a\n" * 10
    assert any("thousands" in note and "'1,200'" in note for note in read(tmp_path, body).notes)
    assert read(tmp_path, body, thousands=",", decimal=".").types["area"] == "categorical"


def test_marks_of_thousands_can_be_told(tmp_path: Path) -> None:
    body = column(["1,250", "2,500"])
    assert read(tmp_path, body).frame["x"].tolist()[:2] == [1.25, 2.5]
    assert read(tmp_path, body, thousands=",").frame["x"].tolist()[:2] == [1250, 2500]
    assert read(tmp_path, column(["1,200", "950"]), thousands="none").types["x"] == "categorical"


@pytest.mark.parametrize(
    "cells", [["$5", "€6"], ["5%", "0.05"], ["12:30", "13:45"], ["192.168.10.1", "10.0.0.1"]]
)
def test_what_is_no_number_of_one_unit_stays_text(tmp_path: Path, cells: list[str]) -> None:
    assert read(tmp_path, column(cells)).types["x"] != "numeric"


@pytest.mark.parametrize(
    ("mark", "shown"),
    [(mark, mark) for mark in ("?", ".", "-", "n/a", "N.A.", "NULL", "--", "…", "#DIV/0!", "-999")],
)
def test_marks_of_missing_values_among_numbers(tmp_path: Path, mark: str, shown: str) -> None:
    table = read(tmp_path, column(["1.5", "2.5", "7", mark]))
    assert table.types["x"] == "numeric"
    assert int(table.frame["x"].isna().sum()) == ROWS // 4
    assert any(repr(shown) in note and f"{ROWS // 4} cells" in note for note in table.notes)


def test_missing_values_can_be_told(tmp_path: Path) -> None:
    body = column(["1", "2", "77"])
    assert int(read(tmp_path, body, missing_values=("auto", "77")).frame["x"].isna().sum()) == 13
    kept = read(tmp_path, column(["1.5", "-999"]), missing_values=())
    assert kept.frame["x"].min() == -999
    assert read(tmp_path, column(["red", "NA"]), missing_values=()).frame["x"].nunique() == 2


def test_ordinary_negative_numbers_are_no_marks(tmp_path: Path) -> None:
    for cells in (["-999", "-500", "3"], ["-99", "-98", "-97"]):
        assert not read(tmp_path, column(cells)).frame["x"].isna().any()


def test_a_mark_in_the_target_is_a_class_when_it_repeats_like_one(tmp_path: Path) -> None:
    often = "x;kind\n" + "1;yes\n2;NA\n3;None\n" * 10
    assert read(tmp_path, often).classes == ("NA", "None", "yes")
    seldom = "x;kind\n" + "1;a\n2;b\n" * 20 + "3;NA\n4;?\n"
    table = read(tmp_path, seldom)
    assert table.classes == ("a", "b")
    note = next(note for note in table.notes if "missing label" in note)
    assert "'NA' (1 row)" in note
    assert "'?' (1 row)" in note
    assert "missing_values" in note
    assert read(tmp_path, seldom, missing_values=()).classes == ("?", "NA", "a", "b")
    assert read(tmp_path, "x;kind\n" + "1;+\n2;+\n3;+\n4;-\n" * 9).classes == ("+", "-")


def test_codes_stay_text_and_classes_what_is_written(tmp_path: Path) -> None:
    table = read(tmp_path, column(["00501", "501", "06390"]))
    assert list(table.frame["x"].cat.categories) == ["00501", "06390", "501"]
    assert any("'00501'" in note and "column_types" in note for note in table.notes)
    # with missing cells pandas would have made them 501.0
    gaps = read(tmp_path, column(["00501", "", "06390"]))
    assert list(gaps.frame["x"].cat.categories) == ["00501", "06390"]
    numbers = read(tmp_path, column(["00501", "501"]), column_types={"x": "numeric"})
    assert set(numbers.frame["x"]) == {501}
    body = "x;kind\n" + "1;001\n2;01\n3;1\n" * 5
    assert read(tmp_path, body).classes == ("001", "01", "1")


def test_the_order_of_classes_can_be_told(tmp_path: Path) -> None:
    body = "x;kind\n" + "1;low\n2;mid\n3;high\n" * 5
    assert read(tmp_path, body).classes == ("high", "low", "mid")
    ordered = read(tmp_path, body, class_order=("low", "mid"))
    assert ordered.classes == ("low", "mid", "high")
    with pytest.raises(EngineError, match="class_order: 'lo' is not a class of 'kind'"):
        read(tmp_path, body, class_order=("lo",))


PLAIN = "x,y,kind\n" + "".join(f"0.{i + 11},{i}.5,{'ab'[i % 2]}\n" for i in range(ROWS))
LINES = PLAIN.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("# one\n# two\n" + PLAIN, "'#'"),
        ("% made today\n" + PLAIN, "'%'"),
        ("// made, by, me\n" + PLAIN, "'//'"),
        ("#x,y,kind\n" + "".join(LINES[1:]), "named by the last comment"),
        ("# x,y,kind\n" + "".join(LINES[1:]), "named by the last comment"),
        ("Report of May\n\n" + PLAIN, "Report of May"),
        ("Report of May,,\n,,\n" + PLAIN, "Report of May"),
        ("Report\nby the lab, 2024\n\n" + PLAIN, "2 lines above"),
        (PLAIN + "Total,780.5,\n", "Total"),
        (PLAIN + ",,\nSum:,780.5,\n", "Sum"),
        (PLAIN + "Mean,12.5,\nSource: the lab\n", "2 rows below"),
        (PLAIN + "\nSource: the lab, 2024\n", "Source"),
        (PLAIN + "Average,12.5,\n,,\nStd,2.5,\n,,\nSource: the lab\n", "5 rows below"),
        ("sep=,\n" + PLAIN, "sep="),
        ("\ufeff" + '"sep=,"\n' + PLAIN, "sep="),
        (LINES[0] + "(cm),(kg),\n" + "".join(LINES[1:]), "(cm)"),
        (LINES[0] + "cm,m/s,\n" + "".join(LINES[1:]), "units"),
        (LINES[0] + "cm,m/s,text\n" + "".join(LINES[1:]), "units"),
        (PLAIN.replace("\n", ",\n"), "end with a delimiter"),
        (PLAIN.replace("\n", ",,\n"), "2 delimiters"),
        (LINES[0] + "".join(LINES[1:]).replace("\n", ",\n"), "end with a delimiter"),
        (LINES[0] + "".join(f"r{i}," + line for i, line in enumerate(LINES[1:])), "row name"),
    ],
)
def test_what_stands_around_a_table_is_left_out_and_told(
    tmp_path: Path, body: str, says: str
) -> None:
    table = read(tmp_path, body)
    assert table.features == ("x", "y")
    assert table.types["x"] == table.types["y"] == "numeric"
    assert table.frame["x"].dropna().tolist() == [float(f"0.{i + 11}") for i in range(ROWS)]
    assert says in " ".join(table.notes)


def test_lines_above_and_below_can_be_told(tmp_path: Path) -> None:
    body = "a,b,c\n1,2,3\n" + PLAIN + "9,9,b\n"
    table = read(tmp_path, body, skip_rows=2, skip_footer=1)
    assert len(table.codes) == ROWS
    assert table.file.line_of(0) == 4
    assert len(read(tmp_path, PLAIN + "Total,780.5,a\n", skip_footer=0).codes) == ROWS + 1
    odd = PLAIN.replace("0.20", "!0.20")
    assert len(read(tmp_path, odd, comment="!").codes) == ROWS - 1
    assert len(read(tmp_path, "#" + PLAIN.replace("\n", "\n#", 3), comment="none",
                    target="kind").codes) == ROWS  # fmt: skip


def test_a_row_that_looks_like_units_can_be_kept(tmp_path: Path) -> None:
    body = LINES[0] + "(cm),(kg),a\n" + "".join(LINES[1:])
    assert len(read(tmp_path, body).codes) == ROWS
    assert len(read(tmp_path, body, header="yes").codes) == ROWS + 1


def test_lines_keep_their_numbers_below_titles_and_comments(tmp_path: Path) -> None:
    body = "# one\n# two\n" + "".join(LINES[:5]) + "# three\n" + "".join(LINES[5:])
    table = read(tmp_path, body)
    assert [table.file.line_of(i) for i in (0, 3, 4)] == [4, 7, 9]
    with pytest.raises(EngineError, match="Line 45 has 2 cells"):
        read(tmp_path, body + "1.5,2\n" + LINES[1])


@pytest.mark.parametrize(
    ("above", "names"),
    [
        ("Size,,Weight,,kind\nmin,max,min,max,\n",
         ("Size min", "Size max", "Weight min", "Weight max")),
        ("Size,,Weight,,\nmin,max,min,max,kind\n",
         ("Size min", "Size max", "Weight min", "Weight max")),
        ("Before,,After,,\nlength,width,height,depth,kind\n",
         ("length", "width", "height", "depth")),
        ("speed,speed,mass,mass,kind\nmean,std,mean,std,\n",
         ("speed mean", "speed std", "mass mean", "mass std")),
        ("2022,2022,2023,2023,kind\na,b,a,b,\n", ("2022 a", "2022 b", "2023 a", "2023 b")),
    ],
)  # fmt: skip
def test_columns_are_named_by_two_rows_where_cells_were_merged(
    tmp_path: Path, above: str, names: tuple[str, ...]
) -> None:
    table = read(tmp_path, above + "".join(f"{i}.5,{i}.1,{i}.2,{i}.7,{'ab'[i % 2]}\n"
                                           for i in range(ROWS)))  # fmt: skip
    assert table.features == names
    assert len(table.codes) == ROWS
    assert table.file.line_of(0) == 3
    assert any("named by two rows" in note and "header to yes" in note for note in table.notes)


@pytest.mark.parametrize(
    ("above", "names"),
    [
        ("Before,,After,,kind\nlength,width,height,depth,class\n",
         ("length", "width", "height", "depth", "kind class")),
        ("speed,speed,mass,mass,kind\nmean,std,low,high,\n",
         ("speed mean", "speed std", "mass low", "mass high", "kind")),
        ("Size,,,Weight,kind\nmin,mid,max,min,\n",
         ("Size min", "mid", "max", "Weight min", "kind")),
        # a row of units stays one
        ("height,height,wind,vane,kind\n(cm),(in),m/s,deg,class\n",
         ("height", "height_2", "wind", "vane", "kind")),
        ("temp,temp,mass,mass,kind\n(C),(F),(kg),(lb),\n",
         ("temp", "temp_2", "mass", "mass_2", "kind")),
        ("id,temp,,wind,kind\nno,C,K,m/s,class\n", ("id", "temp", "column 3", "wind", "kind")),
        ("a,b,c,d,kind,,\nm,kg,s,A,x,y,\n", ("a", "b", "c", "d", "kind")),
    ],
)  # fmt: skip
def test_the_second_row_is_names_only_below_groups(
    tmp_path: Path, above: str, names: tuple[str, ...]
) -> None:
    ends = above.splitlines()[0].count(",") - 4
    path = tmp_path / "t.csv"
    path.write_text(above + "".join(f"{i}.5,{i}.1,{i}.2,{i}.7,{'ab'[i % 2]}{',' * ends}\n"
                                    for i in range(ROWS)))  # fmt: skip
    facts = look(DataSpec(data=str(path), target="kind"))
    assert facts.columns[:5] == names
    assert facts.rows == ROWS


@pytest.mark.parametrize("names", ["id,v,kind,", "id,,v,kind"])
def test_a_name_that_is_missing_is_no_group(tmp_path: Path, names: str) -> None:
    first, rows = "x1,pending,p,see note\n", "".join(f"x{i},{i},q,\n" for i in range(2, 12))
    path = tmp_path / "t.csv"
    path.write_text(f"{names}\n{first}{rows}")
    facts = look(DataSpec(data=str(path), target="kind"))
    assert facts.rows == 11
    assert "kind" in facts.columns


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["5.5 cm", "7 cm", "8.25 cm", "9 cm"], "the unit 'cm'"),
        (["3 °C", "4.5 °C", "7 °C"], "the unit '°C'"),
        (["5 cm", "6 mm", "7 cm", "8 mm", "9 mm"], "different units, as in '5 cm' and '6 mm'"),
        (["1.5k", "2.5M", "3.5k", "4.5M", "5.5k"], "different units"),
        (["1.5", "2,5", "7.25"], "two decimal marks, as in '1.5' and '2,5'"),
    ],
)
def test_numbers_that_cannot_be_read_as_such_are_told(
    tmp_path: Path, cells: list[str], says: str
) -> None:
    table = read(tmp_path, column(cells))
    assert table.types["x"] == "categorical"
    assert says in table.warnings["x"]


@pytest.mark.parametrize("cells", [["3A", "4B", "5A", "6B", "7C", "8C"], ["a1", "b2"], ["3-4"]])
def test_codes_are_no_numbers_with_units(tmp_path: Path, cells: list[str]) -> None:
    assert "x" not in read(tmp_path, column([*cells, "other"])).warnings
    assert "unit" not in read(tmp_path, column(cells)).warnings.get("x", "")


def test_marks_with_a_backslash_before_them_are_part_of_a_cell(tmp_path: Path) -> None:
    rows = '1.5,"he said \\"yes, I do\\"",a\n2.5,nothing,b\n'
    table = read(tmp_path, "x,say,kind\n" + rows * 20)
    assert set(table.frame["say"]) == {'he said "yes, I do"', "nothing"}
    assert table.types["x"] == "numeric"
    # a folder of Windows ends with a backslash
    folders = read(tmp_path, "x,say,kind\n" + '1.5,"C:\\all, of it\\",a\n2.5,"D:\\",b\n' * 20)
    assert set(folders.frame["say"]) == {"C:\\all, of it\\", "D:\\"}


def test_a_total_with_a_number_in_every_cell_is_no_row(tmp_path: Path) -> None:
    table = read(tmp_path, PLAIN + "Total,780.5,40\n")
    assert table.classes == ("a", "b")
    assert any("below the table" in note and "Total" in note for note in table.notes)


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        ('"x,kind"\n' + '"1.5,a"\n' * 9, "only one column", "in quotation marks as a whole"),
        (PLAIN + "# checked\n" + LINES[1], "has 1 cell", "set comment to #"),
        (PLAIN.replace(",", ";").replace("x;y;kind", "x,y,kind"), "no column 'kind'", "'x,y,kind'"),
        ("<!DOCTYPE html>\n<html><p>Not found</p></html>\n" * 9, "a web page", "save the table"),
        (b"t.csv" + bytes(252) + b"ustar" + PLAIN.encode(), "a tar archive", "Unpack it"),
        ((PLAIN.replace("a\n", "é\n") * 2).encode() + b"1,2,\xe9\n",
         "Line 83 holds bytes that are no UTF-8", "Correct the line"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_what_helps(
    tmp_path: Path, body: str | bytes, message: str, hint: str
) -> None:
    with pytest.raises(EngineError) as caught:
        read(tmp_path, body)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_second_mark_of_the_byte_order_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff\ufeff" + PLAIN).features == ("x", "y")


def test_names_that_come_again_get_a_number(tmp_path: Path) -> None:
    table = read(tmp_path, "x,x,x_2,x,kind\n" + "1,2,3,4,a\n5,6,7,8,b\n" * 5)
    assert table.features == ("x", "x_3", "x_2", "x_4")
    assert any("'x_3', 'x_4'" in note for note in table.notes)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", "    "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters(tmp_path: Path, delimiter: str, end: str) -> None:
    table = read(tmp_path, PLAIN.replace(",", delimiter).replace("\n", end))
    assert table.features == ("x", "y")
    assert table.types["x"] == "numeric"
    assert len(table.codes) == ROWS


@pytest.mark.parametrize(
    "row",
    [
        "1,5;4,4;a\n2,5;3,3;b\n",
        "1,5;New York, NY;a\n2,5;Rome, IT;b\n",
        '1.5,"a, b; c",a\n2.5,"line\nand line",b\n',
        "1,5\t4,4\ta\n2,5\t3,3\tb\n",
        "1.5|a,b|a\n2.5|c,d|b\n",
        "1,5   4,4    a\n2,5   3,3    b\n",
    ],
)
def test_a_delimiter_is_what_gives_typed_columns(tmp_path: Path, row: str) -> None:
    table = read(tmp_path, row * 10, target="column 3")
    assert table.types["column 1"] == "numeric"
    assert table.frame["column 1"].tolist()[:2] == [1.5, 2.5]
    assert table.classes == ("a", "b")


def test_commas_in_texts_are_no_delimiter_where_the_names_have_another(tmp_path: Path) -> None:
    table = read(tmp_path, column(["one, two, and three", "four, five, and six"]))
    assert set(table.frame["x"]) == {"one, two, and three", "four, five, and six"}


WORDS = {
    "cp1251": ("рост,вес,класс", ("нет", "да")), "koi8_r": ("рост,вес,класс", ("нет", "да")),
    "gb18030": ("高度,数量,类别", ("香蕉", "苹果")), "big5": ("名稱,數量,類別", ("香蕉", "蘋果")),
    "shift_jis": ("高さ,幅,種類", ("りんご", "みかん")),
    "euc_jp": ("高さ,幅,種類", ("りんご", "ケンジ")),
    "euc_kr": ("이름,키,종류", ("고양이", "강아지")),
    "iso8859_2": ("výška,šířka,třída", ("žlutá", "bílá")),
    "cp1250": ("wysokość,waga,płeć", ("mężczyzna", "kobieta")),
    "cp1252": ("Länge,Breite,Gewässer", ("Fluß", "See")), "latin-1": ("a,b,año", ("niño", "niña")),
    "cp1253": ("ύψος,βάρος,τάξη", ("ναι", "όχι")), "cp1254": ("boy,kilo,sınıf", ("ağaç", "çiçeği")),
    "utf-16": ("a,b,größe", ("ä", "ö")), "utf-16-le": ("a,b,größe", ("ä", "ö")),
    "utf-32": ("a,b,größe", ("ä", "ö")), "utf-8-sig": ("a,b,größe", ("ä", "ö")),
}  # fmt: skip


@pytest.mark.parametrize("codec", WORDS)
def test_encodings_are_found_and_told(tmp_path: Path, codec: str) -> None:
    header, labels = WORDS[codec]
    body = header + "\n" + "".join(f"{i},{i}.5,{labels[i % 2]}\n" for i in range(ROWS))
    target = header.rpartition(",")[2]
    table = read(tmp_path, body.encode(codec), target=target)
    assert set(table.classes) == set(labels)
    assert codec.startswith("utf") or any("not UTF-8" in note for note in table.notes)
    # far below the beginning it is found as well
    late = (
        "x,y,kind\n" + "1,2,plain\n" * 20_000 + f"1,2,{labels[0]}\n" * 3 + f"1,2,{labels[1]}\n" * 3
    )
    if not codec.startswith("utf"):
        assert set(read(tmp_path, late.encode(codec)).classes) == {"plain", *labels}
    assert set(read(tmp_path, body.encode(codec), target=target, encoding=codec).classes) == set(
        labels
    )


def test_german_words_are_not_told_to_be_central_european(tmp_path: Path) -> None:
    body = "größe,straße,kind\n" + "1.5,Hauptstraße,a\n2.5,Mühlweg,b\n3.5,Bäckergasse,a\n" * 9
    assert read(tmp_path, body.encode("latin-1")).file.encoded.words in ("Latin-1", "Windows-1252")


def test_a_missing_column_mentions_the_encoding_when_names_look_wrong(tmp_path: Path) -> None:
    body = PLAIN.replace("kind", "класс").encode("cp1251")
    with pytest.raises(EngineError, match="set encoding") as caught:
        read(tmp_path, body, target="класс", encoding="latin-1")
    assert "Latin-1" in caught.value.hint
    with pytest.raises(EngineError) as caught:
        read(tmp_path, PLAIN, target="klass")
    assert "encoding" not in caught.value.hint


def test_a_stored_run_is_read_as_it_was(tmp_path: Path) -> None:
    codes = column(["01", "1"])
    assert read(tmp_path, codes, reader=1).types["x"] == "numeric"
    assert read(tmp_path, column(["1,200", "950"]), reader=1).frame["x"].max() == 950
    assert read(tmp_path, column(["?", "1"]), reader=1).types["x"] == "categorical"
    assert read(tmp_path, "x;kind\n" + "1;1\n2;1.0\n3;2\n" * 9, reader=1).classes == ("1", "2")
    assert read(tmp_path, "x;kind\n" + "1;a\n2;b\n3;NA\n" * 9, reader=1).classes == ("a", "b")
    with pytest.raises(EngineError, match="same name"):
        read(tmp_path, "x;x;kind\n" + "1;2;a\n2;3;b\n" * 9, reader=1)
    with pytest.raises(EngineError, match="Line"):
        read(tmp_path, PLAIN + "Total,19.8\n", reader=1)
    latin = "x;kind\n" + "1;да\n2;нет\n" * 9
    assert read(tmp_path, latin.encode("cp1251"), reader=1).file.encoded.codec == "latin-1"


def lines(cells: list[str], repeats: int = 9) -> str:
    """Rows that end with one of two classes."""
    return "".join(f"{cell},{'ab'[i % 2]}\n" for i, cell in enumerate(cells * repeats))


# what version 0.3 to 0.7 took a table for, and what today's reader does
READ_AS_BEFORE: dict[str, tuple[str | bytes, tuple[Any, ...], tuple[Any, ...]]] = {
    "names in two rows": (
        "Size,,Weight,,kind\nmin,max,min,max,\n" + lines(["1,2,3,4.5", "2,3,4,7.5"]),
        ("Size", "column 2", "Weight", "column 4", 18), ("Size min", "Size max", "Weight min",
                                                         "Weight max", 18),
    ),
    "an object within an object": (
        '{"p": {"x": 1.5}, "kind": "a"}\n{"p": {"x": 2.5}, "kind": "b"}\n' * 9,
        ("p", 18), ("p.x", 18),
    ),
    "a backslash before quotation marks": (
        "x,y,kind\n" + lines(['"3\\" tube, thin",1.5', "plain,2.5"]),
        ("EngineError",), ("x", "y", 18),
    ),
    "a damaged line of UTF-8": (
        ("x,kind\n" + lines(["Zoë", "Chloë"])).encode() + "Zoë,a\n".encode("latin-1"),
        ("x", 19), ("EngineError",),
    ),
    "a total with a number in every cell": (
        "x,kind\n" + lines(["p", "q"]) + "Total,18\n", ("x", 19), ("x", 18),
    ),
    "dates beside a mark": (
        "x,y,kind\n" + lines(["2023-01-31,1.5", "-,2.5", "2023-03-01,3.5"], 12),
        ("x", "y", "categorical", 36), ("x", "y", "datetime", 36),
    ),
    "dates beside zeros": (
        "x,y,kind\n" + lines(["2023-01-31,1.5", "0000-00-00,2.5", "2023-03-01,3.5"], 12),
        ("x", "y", "categorical", 36), ("x", "y", "datetime", 36),
    ),
    "two marks of the byte order": ("\ufeff\ufeffx,kind\n" + lines(["1.5", "2"]),
                                    ("\ufeffx", 18), ("x", 18)),
    "a name in pointed brackets": ("<table>,kind\n" + lines(["1.5", "2"]),
                                   ("<table>", 18), ("EngineError",)),
    "numbers with a unit": (
        "x,y,kind\n" + lines([f"{i}.5 cm,{i % 3}.5" for i in range(40)], 1),
        ("y", 40), ("x", "y", 40),
    ),
}  # fmt: skip


def taken_for(path: Path, reader: int) -> tuple[Any, ...]:
    """The features, those types that are told apart by nothing else, and the number of rows."""
    try:
        table = load(DataSpec(data=str(path), target="kind", reader=reader))
    except EngineError as error:
        return (type(error).__name__,)
    told = (
        () if table.features != ("x", "y") or "-" not in path.read_text() else (table.types["x"],)
    )
    return (*table.features, *told, len(table.codes))


@pytest.mark.parametrize("case", READ_AS_BEFORE)
def test_a_stored_run_of_version_0_3_to_0_7_is_read_as_it_was(tmp_path: Path, case: str) -> None:
    body, before, today = READ_AS_BEFORE[case]
    path = tmp_path / "t.csv"
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    assert taken_for(path, 2) == before
    assert taken_for(path, 3) == today
