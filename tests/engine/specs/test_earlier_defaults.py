"""What an earlier version has stored goes on doing what it did, whatever the defaults are now."""

import json
from pathlib import Path

import pytest

from engine.client.submission import rerun
from engine.kinds import KINDS, load_spec, make_spec
from engine.specs.aliases import DEFAULTS_BEFORE
from engine.specs.data import DataSpec
from engine.specs.parsing import to_fields
from engine.store.store import Store

VARY = {"vary": {"learning_rate": {"low": 0.001, "high": 0.1}}}


def stored_before(kind: str, **fields: object) -> str:
    """A spec of an earlier version: whatever has come since is not in it."""
    own = VARY if KINDS[kind].varies else {}
    return json.dumps({**own, "kind": kind, "schema_version": 1, **fields})


@pytest.mark.parametrize("kind", ["train", "baseline", "random_search"])
def test_the_defaults_of_its_time_are_recorded_in_a_stored_spec(kind: str) -> None:
    spec = load_spec(stored_before(kind, data="/tmp/x.csv", target="y"))
    assert spec.max_categories is None
    assert to_fields(spec).items() >= DEFAULTS_BEFORE.items()
    # from here on it is a spec like any other
    assert load_spec(json.dumps(to_fields(spec))) == spec
    assert make_spec(kind, {**to_fields(spec), "max_categories": 9}).max_categories == 9
    today = {**(VARY if KINDS[kind].varies else {}), "data": "/tmp/x.csv", "target": "y"}
    assert make_spec(kind, today).max_categories == DataSpec().max_categories == 50


def test_the_packaged_table_is_prepared_as_ever_with_the_defaults_of_today() -> None:
    assert load_spec(stored_before("train")) == make_spec("train", {})
    assert load_spec(stored_before("train", reader=2)) == make_spec("train", {})
    with_test_file = load_spec(stored_before("train", reader=2, test_data="/tmp/x.csv"))
    assert with_test_file.reader == 2
    assert load_spec(stored_before("reproduce", protocol="as_published"))


def test_a_rerun_says_which_defaults_have_changed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.client.submission.ensure_engine", lambda store: None)
    path = tmp_path / "table.csv"
    path.write_text("x,y\n" + "1,a\n2,b\n" * 20)
    spec = make_spec("train", {"data": str(path), "target": "y"})
    before = store.submit(spec)
    with store.writing() as connection:
        text = stored_before("train", data=str(path), target="y")
        connection.execute("UPDATE runs SET spec = ? WHERE id = ?", (text, before))
    again, differences = rerun(store, before)
    assert "the default of max_categories was none, is 50; none is kept" in differences
    assert "the default of reader was 1, is 3; 1 is kept" in differences
    assert store.run(again).spec.max_categories is None
    assert rerun(store, again)[1] == rerun(store, store.submit(spec))[1]
    since_0_3 = make_spec("train", {"data": str(path), "target": "y", "reader": 2})
    again, differences = rerun(store, store.submit(since_0_3))
    assert "the default of reader was 2, is 3; 2 is kept" in differences
    assert store.run(again).spec.reader == 2
