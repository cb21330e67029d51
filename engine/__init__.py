"""Everything that runs: specs, the store, the host process and the jobs.

`from engine import load_run` gives scripts and notebooks a run as a fitted classifier of
scikit-learn's (`engine.prediction.estimator`), `load_bundle` gives a bundle as one
(`engine.portable.estimator`).
"""

# typing is not imported: until a process of this program has been started again in isolation, a
# module of the person's own may go under its name (engine.environment.interpreter)
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def __getattr__(name: str) -> "Any":
    # by name, and not before it is asked for: it loads heavy libraries
    where = {"load_run": "engine.prediction.estimator", "load_bundle": "engine.portable.estimator"}
    if name in where:
        from importlib import import_module

        return getattr(import_module(where[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
