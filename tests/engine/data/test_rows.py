"""Rows of a table: sorted, filtered, a page at a time, from cells that are kept in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.data import kept_cells
from engine.data.cells import read_cells
from engine.environment import memory
from engine.environment.memory import refuse_beyond_free
from engine.errors import EngineError
from engine.jobs import describe, rows
from engine.results.rows import RowsPage
from engine.runs.events import Phase
from engine.runs.reporter import Emitted, Reporter, Stopped
from engine.specs.kinds.describe import DescribeSpec
from engine.specs.kinds.rows import RowsSpec

BIRDS = """name,wing and tail,seen,grade
Ara,2.5,2023-01-31,grade 10
Bee and Ant,,2023-02-01,grade 2
cod,11,2022-12-31,
"dodo, the",1,,grade 1
Ara,2.5,2023-01-15,grade 2
"""


class Phases(Reporter):
    """Remembers what it was told to be busy with."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def emit(self, item: Emitted) -> None:
        if isinstance(item, Phase):
            self.told.append(item.name)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    kept_cells.release()
    yield
    kept_cells.release()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "birds.csv"
    path.write_text(BIRDS)
    return path


@pytest.fixture
def page(file: Path) -> Callable[..., RowsPage]:
    def ask(*where: str, **settings: Any) -> RowsPage:
        return rows.run(RowsSpec(data=str(file), where=where, **settings), Reporter())

    return ask


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read, one entry each time."""
    found: list[str] = []

    def counted(facts: Any, spec: Any, progress: Any) -> Any:
        found.append(facts.path.name)
        return read_cells(facts, spec, progress)

    monkeypatch.setattr(kept_cells, "read_cells", counted)
    return found


def test_all_rows_and_columns_are_there_also_without_a_label(
    page: Callable[..., RowsPage],
) -> None:
    found = page(target="grade")
    assert (found.total, found.found, found.columns) == (5, 5, 4)
    assert found.names == ("name", "wing and tail", "seen", "grade")
    assert found.numeric == (False, True, False, False)
    assert found.numbers == (1, 2, 3, 4, 5)
    assert found.cells[1] == ("Bee and Ant", None, "2023-02-01", "grade 2")
    assert found.cells[2] == ("cod", "11", "2022-12-31", None)


def test_a_page_of_rows_and_columns(page: Callable[..., RowsPage]) -> None:
    found = page(offset=3, rows=1, first_column=1, columns=2, characters=4)
    assert found.names == ("wing and tail", "seen")
    assert found.cells == (("1", None),)
    assert page(rows=1, columns=1, characters=2).cells == (("Ar",),)
    assert page(offset=99).cells == ()
    assert page(first_column=99).names == ()


@pytest.mark.parametrize(
    ("column", "ascending", "descending"),
    [
        ("wing and tail", (4, 1, 5, 3, 2), (3, 1, 5, 4, 2)),
        ("seen", (3, 5, 1, 2, 4), (2, 1, 5, 3, 4)),
        ("grade", (4, 2, 5, 1, 3), (1, 2, 5, 4, 3)),
        (None, (1, 2, 3, 4, 5), (5, 4, 3, 2, 1)),
    ],
)
def test_sorted_by_any_column_equal_ones_as_in_the_file_missing_ones_last(
    page: Callable[..., RowsPage],
    column: str | None,
    ascending: tuple[int, ...],
    descending: tuple[int, ...],
) -> None:
    assert page(sort=column).numbers == ascending
    assert page(sort=column, descending=True).numbers == descending


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("name = ara", (1, 5)),
        ("NAME != Ara", (2, 3, 4)),
        ("name contains O", (3, 4)),
        ("name = Bee and Ant", (2,)),
        ('name = "dodo, the" and grade = grade 1', (4,)),
        ("wing and tail > 2 and name = ara", (1, 5)),
        ('"wing and tail" <= 2.5', (1, 4, 5)),
        ("wing and tail =", (2,)),
        ("wing and tail != ", (1, 3, 4, 5)),
        ("wing and tail != 1", (1, 3, 5)),
        ("seen = 2023-01", (1, 5)),
        ("seen >= 2023-01-31", (1, 2)),
        ("seen < 2023", (3,)),
        ("grade < grade 3", (2, 4, 5)),
        ("grade > grade 3", (1,)),
        ("", (1, 2, 3, 4, 5)),
    ],
)
def test_filtered_by_any_column(
    page: Callable[..., RowsPage], where: str, numbers: tuple[int, ...]
) -> None:
    found = page(where)
    assert found.numbers == numbers
    assert (found.found, found.total) == (len(numbers), 5)


def test_several_filters_hold_together_and_with_an_order(page: Callable[..., RowsPage]) -> None:
    found = page("wing and tail > 1", "name != cod", sort="seen")
    assert found.numbers == (5, 1)


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("nam = Ara", "there is no column 'nam'.\nDid you mean 'name'?"),
        ("Ara", "'Ara' is no condition.\nA condition is a column, one of = !="),
        ("wing and tail > big", "'big' is no number, and column 'wing and tail' holds numbers."),
        ("wing and tail contains 2", "holds numbers, which contain no text."),
        ("seen > soon", "'soon' is no date, and column 'seen' holds dates"),
        ("seen > now", "'now' is no date"),
        ("wing and tail <", "a value is missing behind wing and tail <."),
        ('name = "Ara', "the quotation mark in '\"Ara' is not closed."),
    ],
)
def test_a_bad_filter_is_refused_in_a_sentence(
    page: Callable[..., RowsPage], where: str, says: str
) -> None:
    with pytest.raises(EngineError) as caught:
        page(where)
    assert says in str(caught.value)
    assert str(caught.value).startswith("where: ")


def test_names_that_are_not_there_are_refused(page: Callable[..., RowsPage]) -> None:
    for settings in ({"sort": "nme"}, {"target": "nme"}, {"column_types": {"nme": "numeric"}}):
        with pytest.raises(EngineError, match=f"{next(iter(settings))}: there is no column 'nme'"):
            page(**settings)


def test_times_and_dates_with_times_are_written_as_far_as_they_say_something(
    tmp_path: Path,
) -> None:
    path = tmp_path / "times.csv"
    path.write_text("at,when,kind\n" + "12:30,2023-01-31 08:15,a\n13:45,2023-02-28 09:00,b\n" * 5)
    found = rows.run(RowsSpec(data=str(path), rows=1), Reporter())
    assert found.cells == (("12:30:00", "2023-01-31 08:15:00", "a"),)


# -- what is kept ----------------------------------------------------------------------------------


def test_a_file_is_read_once_for_all_pages(
    page: Callable[..., RowsPage], read: list[str], file: Path
) -> None:
    for settings in ({}, {"offset": 2}, {"sort": "name"}, {"rows": 1}):
        page("name != x", **settings)
    assert read == ["birds.csv"]
    page(decimal=",")
    assert len(read) == 2, "another way to read it is another table"
    file.write_text(BIRDS + "Emu,3,,\n")
    assert page(decimal=",").total == 6
    assert len(read) == 3


def test_the_pages_after_a_description_need_no_reading(
    page: Callable[..., RowsPage], read: list[str], file: Path
) -> None:
    file.write_text(BIRDS + BIRDS.partition("\n")[2] * 5)
    spec = DescribeSpec(data=str(file), target="name", rare_classes="exclude")
    described = describe.run(spec, Reporter())
    assert page(target="name").total == described.rows == 30
    assert describe.run(spec.model_copy(update={"exclude": ("seen",)}), Reporter()).rows == 30
    assert read == ["birds.csv"]


def test_another_file_takes_the_place_of_the_kept_one(
    page: Callable[..., RowsPage], read: list[str]
) -> None:
    page()
    assert rows.run(RowsSpec(), Reporter()).total == 344
    page()
    assert read == ["birds.csv", "penguins.csv", "birds.csv"]


def test_what_is_kept_is_let_go_of_before_anything_is_refused_for_want_of_memory(
    page: Callable[..., RowsPage], read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page()
    monkeypatch.setattr(memory, "free_memory", lambda: 1000.0)
    with pytest.raises(EngineError, match="too little memory"):
        refuse_beyond_free(2000, "a test", "")
    monkeypatch.undo()
    assert kept_cells._kept is None


def test_a_table_that_would_take_much_of_what_is_free_is_not_kept(
    page: Callable[..., RowsPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_cells, "free_memory", lambda: 10.0)
    assert page().total == 5
    assert kept_cells._kept is None


def test_reading_is_told_and_heeds_a_stop(file: Path) -> None:
    reporter = Phases()
    reporter.request_stop()
    with pytest.raises(Stopped):
        rows.run(RowsSpec(data=str(file)), reporter)
    again = Phases()
    rows.run(RowsSpec(data=str(file)), again)
    assert again.told == ["reading the data"]
    rows.run(RowsSpec(data=str(file), offset=1), again)
    assert again.told == ["reading the data"], "what is kept is not read"
