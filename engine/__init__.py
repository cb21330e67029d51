"""Everything that runs: specs, the store, the host process and the jobs.

`from engine import load_run` gives scripts and notebooks a run as a fitted classifier of
scikit-learn's (`engine.prediction.estimator`).
"""

# typing is not imported: until a process of this program has been started again in isolation, a
# module of the person's own may go under its name (engine.environment.interpreter)
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def __getattr__(name: str) -> "Any":
    # by name, and not before it is asked for: it loads heavy libraries
    if name == "load_run":
        from importlib import import_module

        return import_module("engine.prediction.estimator").load_run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
