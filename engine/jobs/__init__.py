"""One module for each kind of run, with one signature: `run(spec, reporter) -> result`."""

from importlib import import_module

from engine.results import Result
from engine.runs.reporter import Reporter
from engine.specs import RunSpec

# describe and baseline need no TensorFlow: the host answers them before it is loaded
LIGHT_JOBS = {"describe": "engine.jobs.describe", "baseline": "engine.jobs.baseline"}
JOBS = LIGHT_JOBS | {
    "train": "engine.jobs.train",
    "sweep": "engine.jobs.sweep",
    "random_search": "engine.jobs.random_search",
    "grid_search": "engine.jobs.grid_search",
    "hyperband": "engine.jobs.hyperband",
    "reproduce": "engine.jobs.reproduce",
}


def run_job(spec: RunSpec, reporter: Reporter) -> Result:
    """Do one run; raises `Stopped`, `Diverged` or `EngineError` when there is no result."""
    result: Result = import_module(JOBS[spec.kind]).run(spec, reporter)
    return result
