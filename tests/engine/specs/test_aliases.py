"""Names of earlier versions: accepted wherever something is read, written nowhere."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from engine.kinds import KINDS, QUERIES, load_spec, make_spec
from engine.results.scores import Misclassified
from engine.runs.events import (
    DataReady,
    Resumed,
    TrialEnded,
    event_from_json,
    event_to_json,
)
from engine.specs.aliases import OLD_COMMANDS, OLD_NAMES, OLD_VALUES, current_name
from engine.specs.base import Frozen
from engine.specs.kinds.train import TrainSpec
from engine.specs.parsing import assign, to_fields
from penguin_tui.cli.root import cli

VARY = {"vary": {"learning_rate": {"low": 0.001, "high": 0.1}}}
# kind, old name and value as JSON, name and value of today
SPEC_FIELDS: list[tuple[str, str, Any, str, Any]] = [
    ("train", "validation_share", 0.3, "validation_fraction", 0.3),
    ("train", "test_share", 0.3, "test_fraction", 0.3),
    ("train", "leave_out", ["sex"], "exclude", ["sex"]),
    ("train", "missing_categories", "own_category", "missing_categories", "separate_category"),
    ("random_search", "candidates", 7, "max_trials", 7),
]


@pytest.mark.parametrize(("kind", "old", "value", "new", "today"), SPEC_FIELDS)
def test_an_old_name_in_a_spec_is_read(
    kind: str, old: str, value: Any, new: str, today: Any
) -> None:
    own = VARY if KINDS[kind].varies else {}
    spec = make_spec(kind, own | {old: value})
    assert to_fields(spec)[new] == today
    assert old == new or old not in to_fields(spec)
    stored = json.dumps(own | {"kind": kind, "schema_version": 1, old: value})
    assert load_spec(stored) == spec


@pytest.mark.parametrize(("kind", "old", "value", "new", "today"), SPEC_FIELDS)
def test_an_old_name_is_an_option(kind: str, old: str, value: Any, new: str, today: Any) -> None:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    fields = assign(KINDS[kind].spec, {}, [(old, text)])
    own = VARY if KINDS[kind].varies else {}
    assert to_fields(make_spec(kind, own | fields))[new] == today


def test_what_is_typed_wins_over_a_file_with_the_old_name() -> None:
    fields = assign(TrainSpec, {"test_share": 0.3}, [("test_fraction", "0.25")])
    spec = make_spec("train", fields)
    assert isinstance(spec, TrainSpec)
    assert spec.test_fraction == 0.25
    assert make_spec("train", {"test_share": 0.3, "test_fraction": 0.25}) == spec


@given(
    st.floats(0.01, 0.4), st.floats(0.01, 0.4), st.sampled_from([[], ["sex"], ["sex", "island"]])
)
def test_a_spec_survives_json_also_under_its_old_names(
    validation: float, test: float, excluded: list[str]
) -> None:
    spec = make_spec(
        "train",
        {"validation_fraction": validation, "test_fraction": test, "exclude": excluded},
    )
    fields = to_fields(spec)
    assert make_spec("train", json.loads(json.dumps(fields))) == spec
    old = {OLD_NAMES.get(name, (name,))[0]: value for name, value in fields.items()}
    assert set(old) & {"validation_share", "test_share", "leave_out"}
    assert load_spec(json.dumps(old)) == spec


EVENTS = [
    DataReady(features=("a",), classes=("x", "y"), split_rows={"train": 3}),
    TrialEnded(at=1.0, trial=0, status="finished", effective_settings={"epochs": 3}),
    Resumed(at=2.0, seconds_before=1.5),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_stored_under_old_names_is_read(event: Any) -> None:
    body = json.loads(event_to_json(event))
    old = {OLD_NAMES.get(name, (name,))[0]: value for name, value in body.items()}
    assert old != body
    assert event_from_json(json.dumps(old)) == event


def test_a_row_of_a_result_is_read_under_its_old_name() -> None:
    row = {"row": 1, "part": "test", "actual": "a", "predicted": "b", "probability": 0.9}
    assert Misclassified.model_validate(row | {"values": {}}).split == "test"


def test_every_old_name_belongs_to_a_field_that_there_is() -> None:
    names = {name for model in _models(Frozen) for name in model.model_fields}
    assert set(OLD_NAMES) <= names
    assert set(OLD_VALUES) <= names
    # an old name is nobody's name today, except of the parts of the post
    owners = {
        old: [model.__name__ for model in _models(Frozen) if old in model.model_fields]
        for olds in OLD_NAMES.values()
        for old in olds
    }
    assert {old: found for old, found in owners.items() if found} == {"part": ["PartRow"]}
    assert current_name("epochs") == "epochs"


@pytest.mark.parametrize(("old", "new"), OLD_COMMANDS.items())
def test_an_old_command_is_the_one_of_today(old: str, new: str) -> None:
    helped = [CliRunner().invoke(cli, [name, "--help"]).output for name in (old, new)]
    assert helped[0].splitlines()[2:] == helped[1].splitlines()[2:]
    listed = CliRunner().invoke(cli, ["--help"]).output
    assert f"\n  {new} " in listed
    assert f"\n  {old} " not in listed


def _models(base: type[BaseModel]) -> list[type[BaseModel]]:
    # the classes of a kind are imported when they are asked for
    assert all(kind.result for kind in (*KINDS.values(), *QUERIES.values()))
    return [base, *(m for child in base.__subclasses__() for m in _models(child))]
