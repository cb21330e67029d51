"""Which cells are classes, as what they are written, and in which order."""

from pathlib import Path

import pytest

from engine.errors import EngineError
from tests.support.engine.written_tables import column, read


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
