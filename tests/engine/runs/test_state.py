"""The fold: any cut of the same events gives the same state."""

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.results.scores import LayerRow
from engine.runs.events import (
    Ended,
    EpochBlock,
    Event,
    NetworkReady,
    Note,
    Phase,
    Plan,
    Resumed,
    TrialEnded,
    TrialStarted,
    event_from_json,
    event_to_json,
    training_key,
)
from engine.runs.figures import COLUMNS
from engine.runs.speed import seconds_left
from engine.runs.state import KEPT_NOTES, Curve, RunState, fold


def block(first: int, count: int, trial: int = 0) -> EpochBlock:
    rows = [
        tuple(float(n) + i / 10 for i in range(len(COLUMNS))) for n in range(first, first + count)
    ]
    return EpochBlock.of(trial, first, rows)


def stream() -> list[Event]:
    layers = (LayerRow(name="output", output_shape=(3,), parameters=21),)
    return [
        Phase(name="training"),
        NetworkReady(layers=layers, parameters=21, steps_per_epoch=13),
        TrialStarted(at=1.0, trial=0, settings={"units": 8}, epochs=6),
        block(1, 2),
        Note(at=2.0, level="warning", text="look"),
        block(3, 1),
        block(4, 3),
        TrialEnded(at=3.0, trial=0, status="finished", epochs=6),
        Ended(at=4.0, status="finished"),
    ]


@given(st.lists(st.integers(0, 9), max_size=6))
def test_any_cut_gives_the_same_state(cuts: list[int]) -> None:
    events = stream()
    whole = fold(RunState(), events)
    state, begin = RunState(), 0
    for end in [*sorted(cuts), len(events)]:
        state = fold(state, events[begin:end])
        begin = max(begin, end)
    assert state == whole
    assert list(state.curve.column("loss")) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


@given(st.integers(0, 9))
def test_a_cut_off_stream_is_taken(end: int) -> None:
    state = fold(RunState(), stream()[:end])
    assert len(state.curve) == state.curve.last_epoch


def test_folding_leaves_the_earlier_state_as_it_was() -> None:
    before = fold(RunState(), stream()[:4])
    fold(before, stream()[4:])
    assert len(before.curve) == 2
    assert before.trials[0].status == "running"


def test_a_block_that_comes_again_replaces_what_it_overlaps() -> None:
    state = fold(RunState(), [block(1, 3), block(1, 5), block(1, 5)])
    assert list(state.curve.column("loss")) == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_history_is_kept_in_chunks() -> None:
    curve = Curve()
    for first in range(1, 2502, 7):
        curve = curve.add(block(first, 7))
    assert len(curve.chunks) <= 4
    assert list(curve.column("loss")) == [float(n) for n in range(1, len(curve) + 1)]
    assert list(curve.column("loss", last=3)) == [float(len(curve) - n) for n in (2, 1, 0)]
    assert curve.at(1500) is not None
    assert curve.at(1500)["loss"] == 1500.0  # type: ignore[index]
    assert curve.at(99_999) is None


def test_notes_are_bounded() -> None:
    notes: list[Event] = [
        Note(at=float(n), level="info", text=str(n)) for n in range(KEPT_NOTES + 5)
    ]
    state = fold(RunState(), notes)
    assert len(state.notes) == KEPT_NOTES
    assert state.notes[-1].text == str(KEPT_NOTES + 4)


@pytest.mark.parametrize("event", [e for e in stream() if not isinstance(e, EpochBlock)])
def test_events_survive_json(event: Event) -> None:
    assert event_from_json(event_to_json(event)) == event


def test_blocks_survive_bytes_and_refuse_half_a_row() -> None:
    written = block(5, 3, trial=2)
    assert EpochBlock.from_bytes(2, 5, written.to_bytes()) == written
    with pytest.raises(ValueError, match="no whole number"):
        EpochBlock.from_bytes(2, 5, written.to_bytes()[:-8])


def trial(number: int, begun: float, ended: float) -> list[Event]:
    """A trial whose ten epochs take half a second, the first of them as long as is left."""
    rows = [tuple(0.05 for _ in COLUMNS)] * 10
    return [
        TrialStarted(at=begun, steady=begun, trial=number, settings={}, epochs=10),
        EpochBlock.of(training_key(number), 1, rows),
        TrialEnded(at=ended, steady=ended, trial=number, status="finished", epochs=10),
    ]


def test_the_time_left_of_many_trainings_is_a_range_with_and_without_starting() -> None:
    plan = Plan(at=0.0, trials=8, trainings=8, epochs=80)
    events: list[Event] = [plan]
    # the first two wait 20 seconds for the compiler; each takes a second then, two at a time
    for number in range(8):
        ended = 20.0 + number / 2
        events += trial(number, 0.0 if number < 2 else ended - 1, ended)
        state = fold(RunState(), events)
        left = seconds_left(state, None, state.pace(ended))
        if number == 7:
            assert left is None
            continue
        least, most = left or (0.0, 0.0)
        assert most == pytest.approx((7 - number) * ended / (number + 1))
        assert least <= (7 - number) / 2
        assert number < 3 or least == pytest.approx((7 - number) / 2)
    # after a resume only what is done since counts
    again = fold(state, [Resumed(at=100.0), plan.model_copy(update={"at": 100.0})])
    assert seconds_left(again, None, again.pace(101.0)) is None


def test_the_time_left_is_known_within_the_first_trial() -> None:
    rows = [tuple(4.0 for _ in COLUMNS)] + [tuple(0.5 for _ in COLUMNS)] * 9
    events: list[Event] = [Plan(at=0.0, trials=2, trainings=2, epochs=40)]
    for number in range(2):
        events.append(TrialStarted(at=0.0, trial=number, settings={}, epochs=20))
        events.append(EpochBlock.of(training_key(number), 1, rows))
    state = fold(RunState(), events)
    # 20 epochs yet, of half a second, two at a time; or at the pace of all so far
    left = seconds_left(state, None, state.pace(8.5))
    assert left == pytest.approx((5.0, 8.5))


def test_speed_is_that_of_the_later_half_of_the_epochs() -> None:
    columns = [array("d", [0.0] * 4) for _ in COLUMNS]
    columns[COLUMNS.index("seconds")] = array("d", [9.5, 0.5, 0.5, 0.5])
    state = fold(RunState(), [EpochBlock(0, 1, tuple(columns))])
    assert state.epochs_per_second == pytest.approx(2.0)
    assert RunState().epochs_per_second is None
    assert seconds_left(state, 10, None) == pytest.approx((3.0, 3.0))


def test_a_search_that_goes_on_forgets_what_was_half_done() -> None:
    def begun(number: int) -> TrialStarted:
        return TrialStarted(at=1.0, trial=number, settings={"units": number}, epochs=2)

    def epochs(number: int, fold_number: int = 0) -> EpochBlock:
        return block(1, 2, training_key(number, fold_number))

    plan = Plan(at=1.0, trials=3, trainings=6, epochs=12)
    ended = TrialEnded(at=2.0, trial=1, status="finished", epochs=4)
    stopped = TrialEnded(at=2.0, trial=2, status="stopped", epochs=1)
    first: list[Event] = [
        begun(0),
        epochs(0),
        begun(1),
        epochs(1),
        epochs(1, 1),
        ended,
        begun(2),
        stopped,
    ]
    state = fold(RunState(), [plan, *first, Resumed(at=3.0)])
    assert list(state.trials) == [1]
    assert state.epochs_done == 4
    # the candidates keep their order, whenever they are begun
    state = fold(state, [plan, begun(0), begun(2)])
    assert list(state.trials) == [0, 1, 2]
    assert state.epochs_before == 4
    # a training alone goes on from its checkpoint
    alone = fold(RunState(), [begun(0), epochs(0), Resumed(at=3.0)])
    assert len(alone.curve) == 2


def test_a_block_without_a_figure_that_was_added_later_still_loads() -> None:
    block = EpochBlock.of(0, 1, [(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)] * 3)
    names = COLUMNS[:2]
    shorter = b"".join(column.tobytes() for column in block.columns[:2])
    loaded = EpochBlock.from_bytes(0, 1, shorter, names)
    assert loaded.columns[:2] == block.columns[:2]
    assert all(math.isnan(value) for column in loaded.columns[2:] for value in column)
    newer = block.to_bytes() + array("d", [7.0] * 3).tobytes()
    loaded = EpochBlock.from_bytes(0, 1, newer, (*COLUMNS, "a figure of a later version"))
    assert loaded == block
    with pytest.raises(ValueError, match="no whole number"):
        EpochBlock.from_bytes(0, 1, shorter[:-8], names)
