"""One module for each kind of run, with one signature: `run(spec, reporter) -> result`."""

from importlib import import_module

from engine.kinds import KINDS
from engine.results.base import RunResult
from engine.runs.reporter import Reporter
from engine.specs.run_spec import RunSpec


def run_job(spec: RunSpec, reporter: Reporter) -> RunResult:
    """Do one run; raises `Stopped`, `Diverged` or `EngineError` when there is no result."""
    result: RunResult = import_module(KINDS[spec.kind].job).run(spec, reporter)
    return result
