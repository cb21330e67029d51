"""A stop is heeded at every stage: with many columns, and in the middle of a library's own loop."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.summary import summarize
from engine.jobs import run_job
from engine.kinds import make_spec
from engine.runs.reporter import Reporter, Stopped
from engine.specs.data import DataSpec

COLUMNS = 3_000


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> DataSpec:
    """A table with thousands of columns, half of them numbers and half of them texts."""
    draw = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("wide") / "wide.csv"
    names = ",".join(f"c{i}" for i in range(COLUMNS))
    lines = [f"{names},label"]
    for row in range(30):
        numbers = [f"{value:.2f}" for value in draw.normal(size=COLUMNS // 2)]
        texts = ["abcd"[value] for value in draw.integers(0, 4, size=COLUMNS // 2)]
        lines.append(",".join([*numbers, *texts, "xyz"[row % 3]]))
    path.write_text("\n".join(lines) + "\n")
    return DataSpec(data=str(path), target="label")


class Gaps:
    """The longest time of this thread between two checks, in seconds of the processor."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, time.thread_time()

    def check(self, *_: object) -> None:
        """Note how long it has been."""
        now = time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now


def test_no_stage_of_reading_and_preprocessing_many_columns_goes_long_without_a_check(
    wide: DataSpec,
) -> None:
    gaps = Gaps()
    table = load(wide, gaps.check)
    prepared = preprocess(table, wide, gaps.check)
    gaps.check()
    assert prepared.split_rows == {"train": 18, "validation": 6, "test": 6}
    # whatever grew with the square of the columns took seconds of these
    assert gaps.longest < 1.0
    summarize(table, wide, gaps.check)
    assert gaps.longest < 1.0


@pytest.mark.parametrize("part", [load, preprocess, summarize])
def test_what_a_check_raises_ends_the_work_there(wide: DataSpec, part: Callable[..., Any]) -> None:
    class Enough(Exception):
        pass

    calls = 0

    def check(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 50:
            raise Enough

    arguments = (wide,) if part is load else (load(wide), wide)
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
    spec = make_spec(
        "baseline", {"inverse_regularization": 1e5, "max_iterations": 100_000, "scaling": "none"}
    )
    with pytest.raises(Stopped):
        run_job(spec, reporter)
    assert reporter.checks == 4


def test_of_a_wide_table_misclassified_rows_keep_the_first_cells(wide: DataSpec) -> None:
    fields = {"data": wide.data, "target": "label", "inverse_regularization": 1e-3}
    spec = make_spec("baseline", fields)
    result: Any = run_job(spec, Reporter())
    assert result.misclassified
    assert {len(row.values) for row in result.misclassified} == {500}
