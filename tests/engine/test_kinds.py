"""One table of the kinds of run: a kind of the tests' own needs nothing else anywhere."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.client.process import stop_engine
from engine.client.submission import resume_run, stop_run, submit
from engine.environment.variables import TEST_KINDS
from engine.errors import EngineError
from engine.kinds import KINDS, load_spec, make_spec, read_result
from engine.specs.invalid import InvalidSpec
from engine.specs.parsing import to_fields
from engine.store.home import home
from engine.store.store import Store
from tests.support.engine import own_kind
from tests.support.engine.processes import state_of, wait_until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder whose engine and command line know the tests' own kind."""
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path))
    monkeypatch.setenv(TEST_KINDS.name, "tests.support.engine.own_kind")
    for name, kind in own_kind.KINDS.items():
        monkeypatch.setitem(KINDS, name, kind)
    yield home()
    with Store.open(home()) as store:
        assert stop_engine(store.home)


def penguin_tui(*arguments: str) -> str:
    """What the program prints, run as a process of its own."""
    command = [sys.executable, "-m", "penguin_tui", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(300)
def test_a_kind_of_the_tests_own_runs_and_is_shown(folder: Path) -> None:
    shown = json.loads(penguin_tui("run", "count", "--set", "upto=5", "--name", "five", "--json"))
    assert shown["status"] == "finished"
    assert shown["spec"]["upto"] == 5
    assert shown["result"] == {"kind": "count", "counted": 5, "resumed_at": 0}
    assert "five" in penguin_tui("runs")
    assert [row["kind"] for row in json.loads(penguin_tui("runs", "--json"))] == ["count"]
    assert "Run 1 “five” · count · penguins → species: finished" in penguin_tui("show", "1")
    assert "upto = 3 steps" in penguin_tui("fields", "count")
    assert json.loads(penguin_tui("schema", "count"))["properties"]["upto"]["maximum"] == 10_000


@pytest.mark.timeout(300)
def test_a_kind_of_the_tests_own_resumes_where_it_was(folder: Path) -> None:
    with Store.open(folder) as store:
        run = submit(store, make_spec("count", {"upto": 400}))
        wait_until(store, lambda: store.checkpoints(run))
        stop_run(store, run)
        wait_until(store, lambda: not store.run(run).live)
        assert store.run(run).status == "stopped"
        resume_run(store, run)
        wait_until(store, lambda: not store.run(run).live)
        result = state_of(store, run).result
    assert isinstance(result, own_kind.CountResult)
    assert result.counted == 400
    assert 0 < result.resumed_at < 400


def test_without_the_entry_there_is_no_such_kind() -> None:
    with pytest.raises(InvalidSpec) as caught:
        make_spec("count", {})
    assert "'count' is not one of describe, baseline" in caught.value.message


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_one_entry(name: str) -> None:
    kind = KINDS[name]
    assert kind.name == name
    assert kind.spec.model_fields["kind"].default == name
    assert kind.job.startswith("engine.jobs.")
    fields: dict[str, Any] = {"vary": {"epochs": {"values": [3, 5]}}} if kind.varies else {}
    if name == "hyperband":
        fields = {"vary": {"units": {"values": [8, 16]}}}
    spec = make_spec(name, fields)
    assert load_spec(json.dumps(to_fields(spec))) == spec


@pytest.mark.parametrize("value", [None, [], {}, {"kind": "count"}, {"kind": ["train"]}])
def test_what_is_no_result_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, EngineError)):
        read_result(value)


def test_a_kind_that_cannot_resume_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "baseline", replace(KINDS["baseline"], can_resume=False))
    with Store.open(folder) as store:
        run = store.submit(make_spec("baseline", {}))
        store.request(run, "stop")
        assert not store.run(run).resumable
        with pytest.raises(EngineError, match="cannot be resumed") as caught:
            resume_run(store, run)
    assert f"rerun {run}" in caught.value.hint
