"""Rows left out, as they are told of while a run is under way."""

from types import SimpleNamespace
from typing import Any

import pytest

from engine.kinds import make_spec
from engine.planning.influence import influence as work_out
from engine.runs.events import Phase
from engine.runs.state import RunState, fold
from penguin_tui.presentation.results.influence import found_so_far
from tests.support.stored.influence import INFLUENCE, influence_events


def test_a_repaint_works_nothing_out_that_was_known(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def counted(spec: Any, state: RunState) -> Any:
        told.append(len(state.trials))
        return work_out(spec, state)

    monkeypatch.setattr("penguin_tui.presentation.results.influence.influence", counted)
    record: Any = SimpleNamespace(spec=make_spec("influence", INFLUENCE))
    state = fold(RunState(), influence_events(2, ended=False))
    first = found_so_far(record, state)
    assert first is not None
    assert first.repeats == 2
    # another phase is no other repeat
    again = found_so_far(record, fold(state, [Phase(name="repeat 3 of 3")]))
    assert again == first
    assert told == [2]
    later = found_so_far(record, fold(RunState(), influence_events(3, ended=False)))
    assert later is not None
    assert (later.repeats, told) == (3, [2, 3])
