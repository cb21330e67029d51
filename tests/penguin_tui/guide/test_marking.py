"""Answers marked from stored runs: right, wrong, shown, not readable, nothing to mark from."""

import csv
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from statistics import fmean

import pytest

from engine.store.store import Store
from penguin_tui.engine_link.bookmark import LANGUAGES, STEPS, Bookmark
from penguin_tui.engine_link.linked_app import DEFAULT_DATA
from penguin_tui.guide.marking import Marked, marked
from penguin_tui.guide.pages import feedback_blocks
from penguin_tui.presentation.blocks import joined, plain
from tests.support.screen.data_screen import Remember
from tests.support.stored.descriptions import penguins
from tests.support.stored.guide import ANSWERED, Answered
from tests.support.stored.runs import Stored, train_events

EACH = pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case.step)


def mark(home: Path, step: str, typed: str, language: str = "en") -> Marked:
    with Store.open(home) as store:
        return marked(store, DEFAULT_DATA, step, typed, language)


def lay_down(case: Answered, stored: Stored, remember: Remember) -> int | None:
    """The run that the question is marked from, or the look at the data."""
    if case.kind:
        return stored(case.kind, case.fields, case.events, status="finished")
    remember(penguins())
    return None


def test_every_question_has_a_case() -> None:
    assert tuple(case.step for case in ANSWERED) == STEPS


@EACH
def test_a_question_is_marked_right_and_wrong(
    case: Answered, store_home: Path, stored: Stored, remember: Remember
) -> None:
    assert mark(store_home, case.step, case.right).outcome == "no_run"
    run = lay_down(case, stored, remember)
    for typed, outcome in ((case.right, "right"), (case.wrong, "wrong"), ("?", "shown")):
        found = mark(store_home, case.step, typed)
        assert (found.outcome, found.run) == (outcome, run), found.figures
    assert mark(store_home, case.step, "what?").outcome == "unreadable"


@pytest.mark.parametrize("language", LANGUAGES)
@EACH
def test_what_is_said_of_an_answer_is_filled_from_the_run(
    case: Answered, language: str, store_home: Path, stored: Stored, remember: Remember
) -> None:
    lay_down(case, stored, remember)
    for typed in (case.right, case.wrong, "?", "what?"):
        found = mark(store_home, case.step, typed, language)
        blocks = feedback_blocks(Bookmark(case.step, language), typed, found, 44)
        text = "\n".join(map(plain, joined(blocks)))
        assert not set(text) & set("{}")
        assert (found.figures["answer"] in text) or found.outcome in ("wrong", "unreadable")


def test_why_has_the_workings(store_home: Path, stored: Stored) -> None:
    stored("train", {}, train_events(20, 20))
    found = mark(store_home, "layers", "11103")
    working = found.figures["working"].replace("\N{NO-BREAK SPACE}", " ")
    assert working == "(6 + 1) × 100 + (100 + 1) × 100 + (100 + 1) × 3"


def test_the_column_that_separates_is_that_of_the_rows_themselves(
    store_home: Path, remember: Remember
) -> None:
    """The share of the sum of squares between the species, from every row."""
    text = files("engine.data").joinpath("penguins.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    shares = {}
    for column in ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"):
        known = [(r["species"], float(r[column])) for r in rows if r[column] not in ("", "NA")]
        mean = fmean(value for _, value in known)
        groups = [[v for _, v in g] for _, g in groupby(known, key=lambda pair: pair[0])]
        between = sum(len(group) * (fmean(group) - mean) ** 2 for group in groups)
        shares[column] = between / sum((value - mean) ** 2 for _, value in known)
    remember(penguins())
    found = mark(store_home, "look", "?")
    told = ", ".join(
        f"{n} {100 * shares[n]:.0f} %" for n in sorted(shares, key=lambda n: -shares[n])
    )
    assert found.figures["shares"] == told


def test_the_newest_run_that_fits_is_marked(store_home: Path, stored: Stored) -> None:
    """Not one of other data, one that has failed, or one without what is asked for."""
    stopping = ANSWERED[7]
    run = stored("train", stopping.fields, stopping.events)
    stored("train", {}, train_events(20, 20))
    stored("train", stopping.fields, (), status="failed")
    stored("train", {**(stopping.fields or {}), "target": "island"}, train_events(9, 20))
    assert mark(store_home, "overfitting", "11") == mark(store_home, "overfitting", " 11 ")
    assert mark(store_home, "overfitting", "11").run == run


@pytest.mark.parametrize("typed", ["44.2", "44,2", "44.2%", " 44.19 ", "44"])
def test_a_number_may_be_written_in_several_ways(
    typed: str, store_home: Path, remember: Remember
) -> None:
    remember(penguins())
    assert mark(store_home, "load", typed).outcome == "right"


@pytest.mark.parametrize("typed", ["11103", "11,103", "11 103"])
def test_thousands_may_be_set_apart(typed: str, store_home: Path, stored: Stored) -> None:
    stored("train", {}, train_events(20, 20))
    assert mark(store_home, "layers", typed).outcome == "right"
    assert mark(store_home, "layers", "11.103").outcome == "wrong"


def test_a_verdict_is_taken_in_the_readers_language(store_home: Path, stored: Stored) -> None:
    case = ANSWERED[-1]
    stored(case.kind, case.fields, case.events)
    for typed in ("알 수 없다", "undecided", "undec"):
        assert mark(store_home, case.step, typed, "ko").outcome == "right"
    assert mark(store_home, case.step, "알 수 없다", "en").outcome == "unreadable"
    assert mark(store_home, case.step, "낫다", "ko").outcome == "wrong"
