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
