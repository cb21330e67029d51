"""The job of the tests' own kind of run."""

import time

from engine.runs.reporter import Checkpoint, Reporter
from tests.support.engine.own_kind import CountResult, CountSpec


def run(spec: CountSpec, reporter: Reporter) -> CountResult:
    """Count, a checkpoint after each step."""
    before = int(reporter.resume_state.checkpoints.get(0, b"0"))
    reporter.phase("counting")
    for number in range(before + 1, spec.upto + 1):
        reporter.check()
        time.sleep(0.005)
        reporter.emit(Checkpoint(0, number, str(number).encode()))
    return CountResult(counted=spec.upto, resumed_at=before)
