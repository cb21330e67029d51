"""One module for each kind of run, with one signature: `run(spec, reporter) -> result`."""

import itertools
from importlib import import_module

from engine.kinds import KINDS
from engine.results.base import RunResult
from engine.runs.reporter import Reporter
from engine.specs.run_spec import RunSpec

# jobs between two times that memory is given back: making the kernels again takes milliseconds
_JOBS_BETWEEN = 20
_done = itertools.count(1)


def run_job(spec: RunSpec, reporter: Reporter) -> RunResult:
    """Do one run; raises `Stopped`, `Diverged` or `EngineError` when there is no result."""
    kind = KINDS[spec.kind]
    try:
        result: RunResult = import_module(kind.job).run(spec, reporter)
    finally:
        if kind.needs_tensorflow and next(_done) % _JOBS_BETWEEN == 0:
            import_module("engine.trainer.tensorflow_private").forget_kernels()
    return result
