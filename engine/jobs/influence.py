"""Each training row left out, and what the network is without it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.data.datasets import PreprocessedData
from engine.data.score_functions import cells_of
from engine.environment import clock
from engine.errors import EngineError
from engine.jobs.phases.left_out import LeftOut
from engine.jobs.phases.read_data import data_ready, read_and_preprocess
from engine.jobs.phases.training_without import LeftOutWatch, WithoutParts, train_without
from engine.planning.influence import LABEL, PROBABILITY, RISE, ROW, influence, settings_of
from engine.results.influence import InfluenceResult, RowEffect, SuspectLabel
from engine.results.scores import Cell
from engine.runs.events import Plan, TrialEnded, TrialStarted
from engine.runs.executor import perform
from engine.runs.reporter import (
    CheckpointDropped,
    Interrupted,
    Reporter,
    Stopped,
)
from engine.runs.state import RunState, fold
from engine.specs.kinds.influence import MOST_LEFT_OUT_ALONE, InfluenceSpec
from engine.specs.validation import MAX_TRAININGS
from engine.trainer.seeds import FOLDS, derived_seed

# training rows times classes: their probabilities are kept with every repeat
MOST_CELLS = 500_000
# permutations of the effects, and the share of their largest that chance is
PERMUTATIONS, CHANCE = 1_000, 0.95
# of what is kept of each row
DECIMALS = 6

Shown = TypeVar("Shown", SuspectLabel, RowEffect)


def run(spec: InfluenceSpec, reporter: Reporter) -> InfluenceResult:
    """Train without each training row, `repeats` times; the test set stays held out.

    A row is left out by a weight of 0: the batches stay what they are, so that a network differs
    from the one of all rows by nothing else. What was done before an interruption is not done
    again; a stopped run keeps its whole repeats.
    """
    prepared = read_and_preprocess(spec, reporter)
    rows, classes = len(prepared.train.y), len(prepared.class_names)
    parts = spec.groups(rows)
    _refuse_too_many(rows, classes, spec.repeats * (parts + 1))
    trainings = spec.repeats * (parts + 1)
    reporter.emit(Plan(trials=spec.repeats, trainings=trainings, epochs=0))
    state = replace(reporter.resume_state.state, data=data_ready(prepared))
    try:
        for repeat in range(spec.repeats):
            state = _repeat(spec, prepared, repeat, state, reporter)
    except Stopped:
        found = influence(spec, state)
        if found is None or reporter.interrupted:
            raise
        reporter.finished(_completed(found, prepared, state))
        raise Stopped(
            f"Stopped after {found.repeats:,} of {spec.repeats:,} repeats; those are kept."
        ) from None
    found = influence(spec, state)
    assert found is not None
    return _completed(found, prepared, state)


def _refuse_too_many(rows: int, classes: int, trainings: int) -> None:
    if rows * classes > MOST_CELLS:
        raise EngineError(
            f"There are too many training rows: {rows:,} with {classes:,} classes each; at most"
            f" {MOST_CELLS // classes:,} rows of so many classes.",
            "Give the validation and test sets larger fractions, or take a part of the file.",
        )
    if trainings > MAX_TRAININGS:
        raise EngineError(
            f"{trainings:,} trainings are too many: at most {MAX_TRAININGS:,}.",
            "Choose fewer repeats.",
        )


def _repeat(
    spec: InfluenceSpec,
    prepared: PreprocessedData,
    repeat: int,
    state: RunState,
    reporter: Reporter,
) -> RunState:
    """Do one repeat, unless it was done before; the state with its trial."""
    settings = settings_of(spec, repeat)
    before = state.trials.get(repeat)
    if before is not None and before.status == "finished" and before.settings == settings:
        return state
    started = TrialStarted(
        steady=clock.steady(), trial=repeat, settings=settings, epochs=spec.epochs
    )
    reporter.emit(started)
    body = reporter.resume_state.checkpoints.get(repeat)
    parts = _parts(spec, prepared, repeat)
    known = LeftOut.of(len(parts), len(prepared.train.y), len(prepared.class_names), body)
    shared = WithoutParts(spec, prepared, repeat, parts)
    watch = LeftOutWatch(shared, known, reporter)
    try:
        with suppress(Stopped):
            perform(train_without, shared, known.missing, watch, reporter)
    except Interrupted:
        watch.keep()
        raise
    if reporter.stopping:
        watch.keep()
        reporter.emit(TrialEnded(steady=clock.steady(), trial=repeat, status="stopped"))
        raise Stopped
    ended = TrialEnded(
        steady=clock.steady(), trial=repeat, status="finished",
        scores=_scores(prepared, parts, known),
    )  # fmt: skip
    reporter.emit(ended)
    reporter.emit(CheckpointDropped(repeat))
    return fold(state, [started, ended])


def _parts(
    spec: InfluenceSpec, prepared: PreprocessedData, repeat: int
) -> list[npt.NDArray[np.int64]]:
    """The training rows that are left out together: none, then each row, or each fold."""
    rows = len(prepared.train.y)
    if rows <= MOST_LEFT_OUT_ALONE:
        return [np.empty(0, np.int64), *np.arange(rows)[:, None]]
    order = np.random.default_rng(derived_seed(spec.seed, FOLDS, repeat)).permutation(rows)
    return [np.empty(0, np.int64), *np.array_split(order, spec.groups(rows))]


def _scores(
    prepared: PreprocessedData, parts: Sequence[npt.NDArray[np.int64]], known: LeftOut
) -> dict[str, tuple[float, ...]]:
    """The columns of a repeat, as `engine.planning.influence` names them."""
    # a fold makes any network worse: what counts is by how much more than other folds do
    alone = len(parts) == len(prepared.train.y) + 1
    usual = known.loss[0] if alone else known.loss[1:].mean()
    rise = np.empty(len(prepared.train.y))
    for number, part in enumerate(parts):
        rise[part] = known.loss[number] - usual
    columns: dict[str, npt.NDArray[Any]] = {
        ROW: prepared.train.rows, LABEL: prepared.train.y, RISE: rise,
    }  # fmt: skip
    columns |= {f"{PROBABILITY}{code}": own for code, own in enumerate(known.probabilities.T)}
    return {
        name: tuple(round(float(value), DECIMALS) for value in own) for name, own in columns.items()
    }


def _completed(
    found: InfluenceResult, prepared: PreprocessedData, state: RunState
) -> InfluenceResult:
    """With the cells of the rows that are shown, and what chance gives."""
    table = prepared.table
    rows = sorted(
        {own.row for own in found.suspects}
        | {own.row for own in (*found.teaching, *found.misleading)}
    )
    found_cells = cells_of(table, np.searchsorted(table.rows, rows))
    cells = dict(zip(rows, found_cells, strict=True))
    rises = np.array([t.scores[RISE] for t in state.trials.values() if RISE in t.scores])
    return found.model_copy(
        update={
            "suspects": tuple(_with_cells(own, cells) for own in found.suspects),
            "teaching": tuple(_with_cells(own, cells) for own in found.teaching),
            "misleading": tuple(_with_cells(own, cells) for own in found.misleading),
            "chance": _chance(rises),
        }
    )


def _with_cells(own: Shown, cells: Mapping[int, dict[str, Cell]]) -> Shown:
    values = cells[own.row]
    return own.model_copy(update={"values": values})


def _chance(rises: npt.NDArray[np.float64]) -> float | None:
    """What the largest mean effect passes in one run of twenty, were effects dealt out at random.

    `rises` [repeats, rows]. A permutation test (Fisher 1935) within each repeat.
    """
    if len(rises) < 2:
        return None
    random, largest = np.random.default_rng(0), np.empty(PERMUTATIONS)
    for place in range(PERMUTATIONS):
        largest[place] = np.abs(random.permuted(rises, axis=1).mean(axis=0)).max()
    return float(np.quantile(largest, CHANCE))
