"""Memory of the engine over 500 trials of each search: the curve, and its growth after 50.

python -m benchmarks.memory
"""

import argparse
import gc
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from engine.runs.events import TrialEnded
from engine.runs.reporter import Emitted, Reporter
from engine.trainer import runtime

THREADS = 2
TRIALS = 500
FIRST = 50
TARGET = 0.05
SMALL: dict[str, Any] = {"hidden_layers": [16], "batch_size": 32}
RATES = {"learning_rate": {"low": 1e-4, "high": 0.1, "scale": "log"}}
SPECS: dict[str, dict[str, Any]] = {
    "random_search": {"epochs": 2, "folds": 2, "max_trials": TRIALS, "vary": RATES},
    "grid_search": {
        "epochs": 2,
        "folds": 2,
        "vary": {"learning_rate": {"low": 0.001, "high": 0.5, "step": 0.001}},
    },
    # 206 trials each, three times
    "hyperband": {"max_epochs": 81, "factor": 3, "vary": RATES},
}


FEW: dict[str, dict[str, Any]] = {
    "random_search": {"max_trials": 2},
    "hyperband": {"max_epochs": 9},
}


def resident() -> float:
    """Megabytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Counting(Reporter):
    """Notes the memory after every 50th trial; keeps nothing, as when a host drains it."""

    def __init__(self) -> None:
        super().__init__()
        self.trials = 0
        self.curve: list[tuple[int, float]] = []

    def emit(self, item: Emitted) -> None:
        """Count the trials that have ended."""
        super().emit(item)
        if isinstance(item, TrialEnded):
            self.trials += 1
            if self.trials % FIRST == 0:
                self.drain()
                self.curve.append((self.trials, resident()))


def main() -> None:
    """Search and print the curve of each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", default="", help="kinds, separated by commas")
    asked = parser.parse_args()
    runtime.set_up(THREADS)
    from engine.kinds import make_spec

    # scoring and saving load parts of Keras when they are first used
    for kind, fewer in FEW.items():
        spec = make_spec(kind, SMALL | SPECS[kind] | fewer)
        import_module(f"engine.jobs.{kind}").run(spec, Reporter())
    # as the host does once everything is loaded
    gc.collect()
    gc.freeze()
    for kind in [name for name in asked.only.split(",") if name] or SPECS:
        reporter = Counting()
        seed = 0
        while reporter.trials < TRIALS:
            spec = make_spec(kind, SMALL | SPECS[kind] | {"seed": seed})
            import_module(f"engine.jobs.{kind}").run(spec, reporter)
            seed += 1
        shown = ", ".join(f"{trials}: {memory:,.0f}" for trials, memory in reporter.curve)
        first = reporter.curve[0][1]
        growth = max(memory for _, memory in reporter.curve) / first - 1
        verdict = "kept" if growth < TARGET else "MISSED"
        print(f"{kind}: MB after n trials: {shown}")
        print(f"{kind}: growth after the first {FIRST} trials {growth:.1%}, at most {TARGET:.0%}"
              f" wanted: {verdict}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
