"""The screen's table of kinds: one entry each, whose names lead somewhere."""

import pytest

from engine.kinds import KINDS
from penguin_tui.presentation.kinds import (
    ALL_TABS,
    FIELDS,
    LOG,
    SUMMARY,
    VIEWS,
    first_tab,
    function_at,
    view_of,
)
from penguin_tui.screens.evaluate import EvaluateScreen
from penguin_tui.screens.places import PLACES
from penguin_tui.screens.search import SearchScreen


def test_every_kind_has_an_entry_and_no_entry_is_of_no_kind() -> None:
    assert set(VIEWS) == set(KINDS)


@pytest.mark.parametrize("kind", [*KINDS, "a kind of tomorrow"])
def test_the_form_is_a_place_and_the_tabs_differ(kind: str) -> None:
    view = view_of(kind)
    assert view.form in {place.name for place in PLACES}
    assert SUMMARY in view.tabs
    for names in ([tab.name for tab in view.tabs], [tab.key for tab in view.tabs]):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", [*SearchScreen.KINDS_HERE, *EvaluateScreen.KINDS_HERE])
def test_what_a_kind_does_has_room_beside_its_name_in_80_columns(kind: str) -> None:
    assert len(KINDS[kind].summary) <= 50


@pytest.mark.parametrize("kind", VIEWS)
def test_what_is_shown_of_a_kind_is_said_by_functions_that_exist(kind: str) -> None:
    view = VIEWS[kind]
    places = [view.summary_at, view.outcome_at, *(tab.blocks_at for tab in view.tabs)]
    assert all(callable(function_at(place)) for place in places if place not in ("", FIELDS))


@pytest.mark.parametrize("name", ALL_TABS)
def test_a_tab_has_a_pane_that_shows_a_run(name: str) -> None:
    assert callable(ALL_TABS[name].make().show)


def test_a_run_without_epochs_begins_with_its_log_where_it_has_curves() -> None:
    assert first_tab("train", has_epochs=False) is LOG
    assert first_tab("train", has_epochs=True).name == "curves"
    assert first_tab("baseline", has_epochs=False) is SUMMARY
