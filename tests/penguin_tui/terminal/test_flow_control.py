"""Backpressure: live frames wait for the terminal, and a silent terminal is not waited for."""

import asyncio
from types import SimpleNamespace

import pytest
from textual.drivers.linux_driver import LinuxDriver

from penguin_tui.terminal import flow_control
from penguin_tui.terminal.diff_renderer import Frame
from penguin_tui.terminal.flow_control import FIRST, PATIENCE, QUESTION, SMALLEST, Pace, PacedDriver


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that is set by hand."""
    now = [100.0]
    monkeypatch.setattr(flow_control.time, "monotonic", lambda: now[0])
    return now


def frame(state: Pace, size: int) -> str:
    """Write a frame and the question after it."""
    state.wrote(size)
    question = state.question()
    if question:
        state.wrote(len(question))
    return question


def test_what_is_under_way_is_limited(clock: list[float]) -> None:
    state = Pace()
    assert state.ready()
    assert frame(state, FIRST + 100) == QUESTION
    assert not state.ready(), "more than the window is under way"
    assert frame(state, 10) == "", "one question at a time"
    clock[0] += 0.01
    state.answered()
    assert state.ready()


def test_late_answers_shrink_the_window_and_quick_ones_widen_it(clock: list[float]) -> None:
    state = Pace()
    for _ in range(3):
        frame(state, 500)
        clock[0] += 0.02
        state.answered()
    assert state.window == FIRST, "so little says nothing of what the line takes"
    for _ in range(3):
        frame(state, FIRST)
        clock[0] += 0.02
        state.answered()
    assert state.window > FIRST
    for _ in range(12):
        frame(state, 5000)
        clock[0] += 0.6
        state.answered()
    assert state.window == SMALLEST
    frame(state, 2000)
    assert not state.ready()


def test_live_frames_wait_while_an_answer_is_late(clock: list[float]) -> None:
    state = Pace()
    frame(state, 10)
    clock[0] += 0.3
    state.answered()
    assert frame(state, 100) == QUESTION
    clock[0] += 0.4
    assert state.ready(), "so long it may take"
    clock[0] += 0.1
    assert not state.ready(), "what is drawn now would wait in the line"
    state.answered()
    assert state.ready()


def test_a_distant_terminal_is_not_taken_for_a_slow_one(clock: list[float]) -> None:
    state = Pace()
    for _ in range(6):
        frame(state, 2 * FIRST)
        clock[0] += 0.3
        state.answered()
    assert state.window > FIRST, "every answer takes 0.3 s: distance, not congestion"


def test_a_terminal_that_never_answers_is_found_out_at_the_first_frame(
    clock: list[float],
) -> None:
    state = Pace()
    assert frame(state, 100_000) == QUESTION
    assert not state.ready()
    clock[0] += flow_control.FIRST_SECONDS + 0.1
    assert state.ready()
    assert state.silent
    assert state.settled(), "leaving does not wait for an answer"
    for _ in range(5):
        assert frame(state, 100_000) == ""
        assert state.ready()


def test_a_first_answer_that_comes_late_is_heeded(clock: list[float]) -> None:
    state = Pace()
    frame(state, 100_000)
    clock[0] += flow_control.FIRST_SECONDS + 1
    assert state.ready()
    state.answered()
    assert not state.silent
    assert frame(state, 100_000) == QUESTION
    assert not state.ready()


def test_a_terminal_that_falls_silent_is_asked_a_few_times_more(clock: list[float]) -> None:
    state = Pace()
    frame(state, 10)
    state.answered()
    for _ in range(PATIENCE):
        assert frame(state, 100_000) == QUESTION
        state.typed()
        assert not state.ready()
        clock[0] += flow_control.LOST_SECONDS + 1
        assert state.ready()
    assert state.silent
    assert frame(state, 100_000) == ""
    assert state.ready()


def test_an_answer_that_was_given_up_is_not_taken_for_that_of_the_next_question(
    clock: list[float],
) -> None:
    state = Pace()
    frame(state, 10)
    clock[0] += 0.3
    state.answered()
    frame(state, 30_000)
    state.typed()
    clock[0] += flow_control.LOST_SECONDS + 0.1
    assert state.ready()
    frame(state, 10_000)
    state.answered()
    assert not state.ready(), "the second frame is still under way"
    state.answered()
    assert state.ready()


def test_an_answer_that_never_comes_costs_one_more_and_no_further_ones(
    clock: list[float],
) -> None:
    state = Pace()
    frame(state, 10)
    state.answered()
    frame(state, 10_000)
    clock[0] += flow_control.LOST_SECONDS + 0.1
    frame(state, 10_000)
    # of the second question, which is taken for that of the first
    state.answered()
    clock[0] += 2 * flow_control.LOST_SECONDS + 0.1
    for _ in range(3):
        assert frame(state, 10_000) == QUESTION
        assert not state.ready()
        state.answered()
        assert state.ready()


def test_behind_a_link_that_is_down_nothing_is_drawn_that_comes_in_a_lump(
    clock: list[float],
) -> None:
    state = Pace()
    frame(state, 10)
    clock[0] += 0.1
    state.answered()
    assert frame(state, 10_000) == QUESTION
    began, asked = clock[0], 1
    while clock[0] < began + 60:
        assert not state.ready()
        if question := state.question():
            asked += 1
            state.wrote(len(question))
        clock[0] += 0.1
    assert 3 <= asked <= 6, "of a terminal that was away an answer may be lost"
    assert not state.silent
    # the link is back, and what was asked is answered
    for _ in range(asked):
        state.answered()
    assert state.question() == ""
    assert state.ready()
    assert frame(state, 10_000) == QUESTION


def test_a_key_tells_that_the_link_is_not_down(clock: list[float]) -> None:
    state = Pace()
    frame(state, 10)
    state.answered()
    for _ in range(4):
        frame(state, 10_000)
        clock[0] += 100
        assert not state.ready()
    assert frame(state, 10_000) == QUESTION
    clock[0] += flow_control.LOST_SECONDS + 1
    assert not state.ready()
    state.typed()
    assert state.ready()


def test_frames_that_follow_a_question_are_asked_about_in_turn(clock: list[float]) -> None:
    state = Pace()
    frame(state, 10)
    frame(state, 5 * FIRST)
    state.answered()
    assert not state.ready(), "the answer says nothing of the second frame"
    assert state.question() == QUESTION
    state.wrote(len(QUESTION))
    state.answered()
    assert state.ready()
    assert state.question() == "", "all has arrived"


def test_settled_when_no_answer_can_come_any_more(clock: list[float]) -> None:
    state = Pace()
    assert state.settled()
    frame(state, 10)
    assert not state.settled()
    state.answered()
    assert state.settled()


async def test_the_first_rows_go_ahead_to_a_distant_terminal(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(LinuxDriver, "write", lambda self, data: sent.append(data))
    monkeypatch.setattr(LinuxDriver, "flush", lambda self: None)
    monkeypatch.setattr(flow_control, "AHEAD_SECONDS", 0)
    pace, shown = Pace(), Frame()
    driver = object.__new__(PacedDriver)
    driver._app = SimpleNamespace(pace=pace, frame=shown, _sync_available=True)  # type: ignore[assignment]
    long = "first row" + "x" * 2000

    async def write(head: int, data: str) -> list[str]:
        sent.clear()
        shown.head = head
        driver.write(data)
        # which is dropped, and nothing else with it
        driver.write("\x07")
        driver.write("after")
        # the clock stands still: the loop goes on without it
        for _ in range(5):
            await asyncio.sleep(0)
        return list(sent)

    assert await write(9, long) == [long, "after"], "nothing is known of how far away it is"
    frame(pace, 10)
    clock[0] += 0.3
    pace.answered()
    rest = "x" * 2000
    assert await write(9, long) == ["first row\x1b[?2026l", f"\x1b[?2026h{rest}", "after"]
    assert await write(9, "first row and little") == ["first row and little", "after"]
    assert await write(0, long) == [long, "after"], "no frame"
