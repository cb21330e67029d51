"""What a list of runs said of their specs is said again, and never of another spec or version."""

import json
from pathlib import Path

import pytest

from engine.store.home import cache_path, home
from engine.store.store import Store
from penguin_tui.cli import kept_words
from penguin_tui.presentation.runs import spec_words
from tests.support.command_line import call, put_finished


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PENGUIN_TUI_CACHE", str(tmp_path / "cache"))
    put_finished(home(), dropout=0.3, name="mine")
    return home()


def listed(*options: str) -> str:
    """A list of runs by a process that has read no spec yet."""
    spec_words._known.clear()
    result = call("runs", *options)
    assert result.exit_code == 0, result.output
    return result.stdout


def words_file(folder: Path) -> Path:
    return cache_path(folder) / "spec-words.json"


def test_a_later_list_says_what_the_first_one_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = listed()
    assert "dropout 0.3" in first
    monkeypatch.setattr(spec_words, "_read", pytest.fail)
    assert listed() == first


def test_another_spec_is_read_of_its_own(folder: Path) -> None:
    listed()
    put_finished(folder, dropout=0.4)
    with Store.open(folder) as store:
        specs = {run.spec_json for run in store.runs()}
    assert "dropout 0.3" in listed()
    assert "dropout 0.4" in listed()
    assert json.loads(words_file(folder).read_bytes())["words"].keys() == specs


@pytest.mark.parametrize("body", [b"", b"[]", b'{"by": 1}', b'{"words": {"a": 1}}', b"\xff"])
def test_a_damaged_file_is_made_again(folder: Path, body: bytes) -> None:
    first = listed()
    words_file(folder).write_bytes(body)
    assert listed() == first
    assert json.loads(words_file(folder).read_bytes())["words"]


@pytest.mark.parametrize("words", [[7, True, ""], "abc", ["one"], None])
def test_words_that_are_none_are_made_again(folder: Path, words: object) -> None:
    first = listed()
    kept = json.loads(words_file(folder).read_bytes())
    (spec,) = kept["words"]
    words_file(folder).write_text(json.dumps(kept | {"words": {spec: words}}))
    assert listed() == first
    assert json.loads(words_file(folder).read_bytes()) == kept


def test_a_filter_that_looks_at_settings_reads_no_spec_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "dropout 0.3" in listed("--where", "adam")
    assert "No runs." in listed("--where", "nothing of the kind")
    monkeypatch.setattr(spec_words, "_read", pytest.fail)
    assert "dropout 0.3" in listed("--where", "adam")
    assert "No runs." in listed("--where", "nothing of the kind")


def test_what_is_shown_first_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_words, "MOST", 3)
    for tenths in range(5):
        put_finished(folder, dropout=tenths / 10)
    listed("--limit", "0")
    monkeypatch.setattr(spec_words, "_read", pytest.fail)
    assert "dropout 0.4" in listed("--limit", "3")


def test_what_another_version_said_is_not_said_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed()
    kept = json.loads(words_file(folder).read_bytes())
    (spec,) = kept["words"]
    kept["words"][spec][0] = "in other words"
    words_file(folder).write_text(json.dumps(kept))
    assert "in other words" in listed()
    monkeypatch.setattr(kept_words, "__version__", "0.0.1")
    assert "dropout 0.3" in listed()


def test_where_nothing_can_be_kept_the_list_is_printed_all_the_same(folder: Path) -> None:
    words_file(folder).mkdir(parents=True)
    assert "dropout 0.3" in listed()
