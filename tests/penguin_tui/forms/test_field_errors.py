"""Whatever is typed into a field: a value, or a sentence at the field and no run."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kinds import KINDS, make_spec
from engine.specs.derived_settings import variable_settings
from engine.specs.invalid import InvalidSpec
from engine.specs.network import NetworkSpec
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.form import Entry, Reading, entries, filled
from penguin_tui.forms.search_space.changes import suggested, with_kind, with_text
from penguin_tui.forms.search_space.row import ROW_KINDS, Row
from penguin_tui.forms.search_space.vary import problems, vary_of
from penguin_tui.screens.search import SearchScreen
from penguin_tui.screens.train import TrainScreen
from tests.support.screen.form_and_run import form_screen, nothing_stored, stored_run
from tests.support.screen.text import seen
from tests.support.screen.waiting import until

TEXTS = (
    "", "  ", "abc", "-1", "1.5", "1e9", "1e400", "nan", "inf", "٣", "３", "²", "1_0", "0x10",
    "9" * 6000, "x" * 20_000, "\x1b[2J", "\u202e", "\x00", "[red]x", "[", "{", "[[1]]", "null", ",",
    "1..5", "5..1", "1..1000000000/1", "log:0:1", "8,8",
)  # fmt: skip
# whatever is typed may be the name of a file or of columns; the data tell
ANYTHING = (
    "data",
    "target",
    "features",
    "exclude",
    "include",
    "group",
    "order",
    "test_data",
    "sample_weight",
    "class_order",
    "missing_values",
    "comment",
)
TYPED = [
    (kind, entry) for kind in KINDS for entry in entries(kind).values() if not entry.options
]  # fmt: skip


def typed(kind: str, entry: Entry, text: str) -> Reading:
    varies = "vary" in KINDS[kind].spec.model_fields
    sheet = filled(kind, {"vary": {"units": {"values": [8, 16]}}} if varies else {})
    if entry.parent:
        sheet = sheet.typed(entry.parent, entry.variant)
    return sheet.typed(entry.id, text).read()


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_form_tells_at_the_field(kind: str) -> None:
    for entry in (entry for own, entry in TYPED if own == kind):
        readings = [typed(kind, entry, text) for text in TEXTS]
        for reading in readings:
            assert (reading.spec is None) == (entry.id in reading.problems)
            assert reading.others == ()
            told = reading.problems.get(entry.id, "-")
            assert told
            # what is wrong, and what is allowed
            assert len(told) < 300
            assert told.isprintable()
        taken = [reading for reading in readings if reading.spec is not None]
        assert len(taken) < 8 or entry.id in ANYTHING


@given(field=st.sampled_from(TYPED), text=st.text(max_size=60))
def test_any_text_is_a_value_or_a_sentence_at_the_field(
    field: tuple[str, Entry], text: str
) -> None:
    reading = typed(*field, text)
    assert (reading.spec is None) == (field[1].id in reading.problems)


def rows() -> list[tuple[str, Row]]:
    """Each setting with each kind of values, in each kind of search."""
    found = []
    for kind in ("sweep", "random_search", "grid_search", "hyperband"):
        for setting in variable_settings(NetworkSpec):
            start = suggested(setting)
            others = [with_kind(start, other) for other in ROW_KINDS if other != start.kind]
            found += [(kind, row) for row in (start, *others)]
            found.append((kind, suggested(setting, typed=True)))
    return found


ROWS = rows()


def check_row(kind: str, row: Row) -> str:
    """What is told at the row; what is not told there makes a spec."""
    told = problems(kind, {}, [row]).get(0, "")
    if told:
        assert len(told) < 300
        return told
    vary = vary_of([row])
    try:
        make_spec(kind, {"vary": vary})
    except InvalidSpec as error:
        # one row is not all of the table
        assert [problem.field for problem in error.problems] == ["vary"]  # noqa: PT017
    return ""


def test_every_field_of_the_space_tells_at_its_row() -> None:
    for kind, row in ROWS:
        for place in range(len(row.texts)):
            told = [check_row(kind, with_text(row, place, text)) for text in TEXTS]
            assert len([text for text in told if text]) > len(TEXTS) / 2


@given(row=st.sampled_from(ROWS), text=st.text(max_size=40), place=st.integers(0, 2))
def test_any_text_in_the_space_is_a_value_or_told(
    row: tuple[str, Row], text: str, place: int
) -> None:
    kind, start = row
    check_row(kind, with_text(start, min(place, len(start.texts) - 1), text))


# -- on the screen ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"epochs": "٣"}, "'٣' is invalid"),
        ({"early_stopping": {"patience": 50}}, "50 is above epochs"),
        ({"kernel_l1": [0.1]}, "1 value for 2 hidden layers"),
        ({"seed": 2**31}, "'2147483648' is invalid"),
    ],
)
async def test_a_refused_run_leads_to_the_field(
    workbench: Workbench, fields: dict[str, Any], told: str
) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.form.load(screen.form.fields | fields)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: told in seen(workbench))
        await nothing_stored(pilot)


async def test_what_the_file_does_not_allow_is_told_at_the_field(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.form.load(screen.form.fields | {"features": ["bill_length_mm", "flippers"]})
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "✗ there is no column 'flippers'" in seen(workbench))
        await nothing_stored(pilot)
        # mended in the field it went to
        await pilot.press("ctrl+u", *"body_mass_g")
        await until(pilot, lambda: "there is no column" not in seen(workbench).split("Error")[0])
        await pilot.press("ctrl+r")
        await stored_run(pilot)


async def test_a_space_that_is_no_space_is_told_before_it_is_run(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        screen.fill(screen.kind, screen.form.fields | {"vary": {"units": {"values": [8]}}})
        await until(pilot, lambda: "units can have one value only" in seen(workbench))
        await pilot.press("ctrl+r")
        await nothing_stored(pilot)
