"""A stop is heeded at every stage: with many columns, and in the middle of a library's own loop."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.summary import summarize
from engine.data.table import Table
from engine.jobs import run_job
from engine.kinds import make_spec
from engine.runs.reporter import Reporter, Stopped
from engine.specs.data import DataSpec
from engine.trainer import training
from engine.trainer.training import Training

COLUMNS = 3_000


def file_of(path: Path, columns: int) -> DataSpec:
    """A file with many columns, half of them numbers and half of them texts."""
    draw = np.random.default_rng(0)
    names = ",".join(f"c{i}" for i in range(columns))
    lines = [f"{names},label"]
    for row in range(30):
        numbers = [f"{value:.2f}" for value in draw.normal(size=columns // 2)]
        texts = ["abcd"[value] for value in draw.integers(0, 4, size=columns // 2)]
        lines.append(",".join([*numbers, *texts, "xyz"[row % 3]]))
    path.write_text("\n".join(lines) + "\n")
    return DataSpec(data=str(path), target="label")


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> DataSpec:
    return file_of(tmp_path_factory.mktemp("wide") / "wide.csv", COLUMNS)


@pytest.fixture(scope="module")
def read(wide: DataSpec) -> tuple[Table, float]:
    """The table, and the longest time between two checks while it was read."""
    gaps = Gaps()
    table = load(wide, gaps.check)
    gaps.check()
    return table, gaps.longest


class Gaps:
    """The longest time of this thread between two checks, in seconds of the processor."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, time.thread_time()

    def check(self, *_: object) -> None:
        """Note how long it has been."""
        now = time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now


def test_no_stage_of_reading_and_preprocessing_many_columns_goes_long_without_a_check(
    wide: DataSpec, read: tuple[Table, float]
) -> None:
    table, reading = read
    # whatever grew with the square of the columns took seconds of these
    assert reading < 1.0
    gaps = Gaps()
    prepared = preprocess(table, wide, gaps.check)
    gaps.check()
    assert prepared.split_rows == {"train": 18, "validation": 6, "test": 6}
    assert gaps.longest < 1.0
    summarize(table, wide, gaps.check)
    assert gaps.longest < 1.0


@pytest.mark.parametrize("part", [load, preprocess, summarize])
def test_what_a_check_raises_ends_the_work_there(
    wide: DataSpec, read: tuple[Table, float], part: Callable[..., Any]
) -> None:
    class Enough(Exception):
        pass

    calls = 0

    def check(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 50:
            raise Enough

    arguments = (wide,) if part is load else (read[0], wide)
    with pytest.raises(Enough):
        part(*arguments, check)
    assert calls == 50


def test_a_stop_ends_the_fitting_of_a_baseline_at_its_next_iteration(wide: DataSpec) -> None:
    class Stops(Reporter):
        """Requests a stop as soon as the solver has begun, and counts how often it is heeded."""

        fitting = checks = 0

        def phase(self, name: str) -> None:
            self.fitting = name.startswith("fitting")

        def check(self) -> None:
            self.checks += self.fitting
            if self.checks == 4:
                self.request_stop()
            super().check()

    reporter = Stops()
    solver = {"inverse_regularization": 1e5, "max_iterations": 100_000, "scaling": "none"}
    spec = make_spec("baseline", solver | {"data": wide.data, "target": wide.target})
    with pytest.raises(Stopped):
        run_job(spec, reporter)
    assert reporter.checks == 4


@pytest.mark.parametrize(("step", "when"), [(0, "after epoch 1"), (2, "in epoch 2")])
def test_a_training_says_in_which_epoch_it_was_stopped(
    step: int, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter, advance = Reporter(), Training.advance

    def one_call(own: Training, *args: Any) -> Any:
        found = advance(own, *args)
        if (own.epoch, own.step) == (1, step):
            reporter.request_stop()
        return found

    # a call is a step, as in epochs that take long
    monkeypatch.setattr(training, "CALL_SECONDS", 0.0)
    monkeypatch.setattr(Training, "advance", one_call)
    with pytest.raises(Stopped, match=f"Stopped by request {when}; the test set stays"):
        run_job(make_spec("train", {"epochs": 3}), reporter)


def test_of_a_wide_table_misclassified_rows_keep_the_first_cells(tmp_path: Path) -> None:
    wide = file_of(tmp_path / "wide.csv", 600)
    fields = {"data": wide.data, "target": "label", "inverse_regularization": 1e-3}
    spec = make_spec("baseline", fields)
    result: Any = run_job(spec, Reporter())
    assert result.misclassified
    assert {len(row.values) for row in result.misclassified} == {500}
