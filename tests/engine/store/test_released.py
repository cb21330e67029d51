"""What earlier versions have stored still loads, and folds to a finished run."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.kinds import KINDS, load_spec
from engine.runs.events import EpochBlock, Event, event_from_json
from engine.runs.state import RunState, fold

FOLDER = Path(__file__).parent / "released"
STORED = [
    pytest.param(run, id=f"{path.stem}-{run['spec']['kind']}")
    for path in sorted(FOLDER.glob("*.json"))
    for run in json.loads(path.read_text())
]


def test_there_is_something_of_every_kind_that_was_released() -> None:
    kinds = {parameter.values[0]["spec"]["kind"] for parameter in STORED}  # type: ignore[index]
    # the reproduction's trials are small copies of the others' events
    assert kinds == set(KINDS) - {"reproduce"}


@pytest.mark.parametrize("run", STORED)
def test_a_stored_run_still_loads(run: dict[str, Any]) -> None:
    spec = load_spec(json.dumps(run["spec"]))
    assert spec.kind == run["spec"]["kind"]
    events: list[Event] = [event_from_json(json.dumps(event)) for event in run["events"]]
    blocks = [EpochBlock.from_bytes(t, first, bytes.fromhex(b)) for t, first, b in run["blocks"]]
    state = fold(RunState(), [*events, *blocks])
    assert state.ended is not None
    assert state.ended.status == "finished"
    assert state.result is not None
    assert state.result.kind == spec.kind
    assert state.epochs_done == sum(len(block) for block in blocks)
