"""Tables as people have them, read without setting anything (cases/)."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.client.following import follow
from engine.client.submission import submit
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.results.scores import TrainResult
from engine.store.store import Store
from tests.support.engine.written_tables import described

FOLDER = Path(__file__).parent / "cases"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))


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
