"""Every file of broken_csv/ and the sentence, or the reading, a person gets for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.summary import summarize
from engine.errors import EngineError
from engine.specs.data import DataSpec

FOLDER = Path(__file__).parent / "broken_csv"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))


def spec_for(name: str) -> DataSpec:
    settings = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in EXPECTED[name].get("settings", {}).items()
    }
    return DataSpec(**{"data": name, "target": "label", **settings})


def cut(text: str) -> str:
    return text if len(text) < 60 else text[:20] + "…"


def test_every_file_is_expected() -> None:
    assert {path.name for path in FOLDER.glob("*.csv")} == set(EXPECTED)
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", [name for name in EXPECTED if "error" in EXPECTED[name]])
def test_a_fault_is_told_in_a_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    spec = spec_for(name)
    with pytest.raises(EngineError) as caught:
        preprocess(load(spec), spec)
    assert caught.value.message == EXPECTED[name]["error"]
    assert caught.value.hint == EXPECTED[name]["hint"]
    assert str(caught.value).replace("\n", "").isprintable()
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", [name for name in EXPECTED if "error" not in EXPECTED[name]])
def test_an_odd_file_is_read_and_its_oddities_told(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    spec = spec_for(name)
    table = load(spec)
    prepared = preprocess(table, spec)
    expected = EXPECTED[name]
    assert [cut(label) for label in table.classes] == expected["classes"]
    assert {cut(name): table.types[name] for name in table.features} == expected["features"]
    assert list(table.notes + prepared.notes) == expected["notes"]
    assert {key: table.file.reading[key] for key in expected["reading"]} == expected["reading"]
    for note in table.notes + prepared.notes:
        assert note.isprintable()
    described = summarize(table, spec)
    assert described.rows == len(table.codes)
    assert described.split_rows == prepared.split_rows
