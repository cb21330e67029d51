"""The parts of the Data screen on their own: charts of any size, paths."""

from pathlib import Path

import pytest

from engine.results.describe import DescribeResult
from penguin_tui.data.class_balance import draw_balance
from penguin_tui.data.correlations import draw_correlations
from penguin_tui.data.histogram import draw_histogram
from penguin_tui.data.path_completion import Entry, common, entries
from penguin_tui.data.scatter import draw_scatter
from tests.support.stored.descriptions import described, penguins


def many_classes(count: int) -> DescribeResult:
    rows = [[str(i * 7 % 11), str(i % 13), f"class {i % count}"] for i in range(3 * count)]
    return described(["a", "b", "kind"], rows, "kind", parts={"train": 3 * count})


@pytest.mark.parametrize("size", [(20, 3), (50, 8), (80, 20), (140, 45)])
@pytest.mark.parametrize("count", [2, 30, 300])
def test_any_number_of_classes_fits_any_size(size: tuple[int, int], count: int) -> None:
    data = many_classes(count)
    width, height = size
    for grid in (
        draw_balance(width, height, data),
        draw_histogram(width, height, data, "a"),
        draw_scatter(width, height, data, "a", "b"),
        draw_correlations(width, height, data),
    ):
        assert [len(row) for row in grid.characters] == [width] * height


def test_classes_without_room_are_counted() -> None:
    assert "and 294 classes more, 3 to 3 rows each" in draw_balance(80, 9, many_classes(300)).text()
    assert "290 classes more have no room" in draw_histogram(90, 13, many_classes(300), "a").text()


def test_data_without_numbers_say_so() -> None:
    data = described(["a", "kind"], [["x", "k"], ["y", "l"], ["x", "l"]], "kind", parts={})
    assert "needs two numeric features" in draw_scatter(60, 12, data, "", "").text()
    assert "need two numeric features" in draw_correlations(60, 12, data).text()
    assert "x  2" in draw_histogram(60, 12, data, "a").text()


def test_the_strongest_pairs_are_listed_when_the_matrix_has_no_room() -> None:
    text = draw_correlations(40, 5, penguins()).text()
    assert "strongest of 6 pairs" in text
    assert text.splitlines()[1].strip().startswith("0.87")


def test_paths_offer_folders_and_data_files(tmp_path: Path) -> None:
    for name in ("b.csv", "A.CSV", "c.py", ".hidden.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    assert [one.name for one in entries(f"{tmp_path}/")] == ["folder/", "A.CSV", "b.csv"]
    assert [one.name for one in entries(f"{tmp_path}/.h")] == [".hidden.csv"]
    assert entries(f"{tmp_path}/nowhere/") == []
    assert entries("pen")[0] == Entry("penguins", False)
    assert entries("a\0b/") == []


def test_completion_goes_as_far_as_it_is_the_only_one() -> None:
    found = [Entry("data/birds.csv", False), Entry("data/birds-2.csv", False)]
    assert common(found, "data/b") == "data/birds"
    assert common([], "x") == "x"
