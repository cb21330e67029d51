"""How long it was said to take, before and while it ran, against how long it took.

    python -m benchmarks.estimates

Each kind is run small and then larger; the estimate comes from the small run. A factor of 2 means
twice or half of what was said: of the range said beforehand (1 inside of it), and of the range of
the time left at each moment at which it was shown, its median and its worst beyond a quarter of the
run. `wide` is how far the ends of that range are apart, at the median, and `from` at which part of
the run it was first shown.
"""

import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.client.following import follow
from engine.client.process import stop_engine
from engine.client.submission import submit
from engine.environment import clock
from engine.kinds import make_spec
from engine.specs.varying import VaryingSpec
from engine.store.store import Store
from penguin_tui.presentation.progress import progress
from penguin_tui.presentation.workload_estimate import amount, known_speed

UNITS = {"units": {"low": 16, "high": 128, "step": 16}}
RATES = {"learning_rate": {"low": 1e-4, "high": 0.1, "scale": "log"},
         "batch_size": {"values": [8, 16, 32]}}  # fmt: skip
WORK: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("sweep over units", "sweep", {"vary": UNITS, "repeats": 1, "epochs": 20},
     {"vary": UNITS, "repeats": 8, "epochs": 60}),
    ("sweep over layers", "sweep", {"vary": {"layers": {"low": 1, "high": 8, "step": 1}},
     "repeats": 1, "epochs": 20}, {"vary": {"layers": {"low": 1, "high": 8, "step": 1}},
     "repeats": 8, "epochs": 60}),
    ("sweep over batch size", "sweep",
     {"vary": {"batch_size": {"values": [4, 8, 16, 32]}}, "repeats": 2, "epochs": 20},
     {"vary": {"batch_size": {"values": [4, 8, 16, 32]}}, "repeats": 10, "epochs": 60}),
    ("random search", "random_search", {"vary": RATES, "max_trials": 5, "epochs": 10},
     {"vary": RATES, "max_trials": 60, "epochs": 40}),
    ("Hyperband", "hyperband", {"vary": UNITS | RATES, "max_epochs": 9},
     {"vary": UNITS | RATES, "max_epochs": 81}),
]  # fmt: skip


def beyond(low: float, high: float, took: float) -> float:
    """By how much it took more or less than the range; 1 inside of it."""
    return max(low / max(1e-9, took), took / max(1e-9, high), 1.0)


@dataclass(frozen=True)
class Moments:
    """Seconds that a run took, and (when, at least, at most) of each time left that was shown."""

    took: float
    left: list[tuple[float, float, float]]

    def __str__(self) -> str:
        # the last moments are of seconds that nobody waits for
        late = [one for one in self.left if self.took / 4 <= one[0] <= self.took - 1.0]
        if not late:
            return ""
        off = [beyond(low, high, self.took - at) for at, low, high in late]
        wide = statistics.median(high / max(1e-9, low) for _, low, high in late)
        first = self.left[0][0] / self.took
        return f"{statistics.median(off):>14.2f}{max(off):>7.2f}{wide:>7.2f}{first:>7.0%}"


def measured(store: Store, kind: str, fields: dict[str, Any]) -> Moments:
    """Run it, and note what was said of the time left."""
    moments = []
    begun = clock.steady()
    for record, state in follow(store, submit(store, make_spec(kind, fields))):
        left = progress(record, state, clock.now()).seconds_left if record.at_work else None
        if left is not None:
            moments.append((clock.steady() - begun, *left))
    return Moments(clock.steady() - begun, moments)


def main() -> None:
    """Run all of it in a home folder of its own, and print it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PENGUIN_TUI_HOME"] = folder
        with Store.open(Path(folder)) as store:
            print(
                f"{'work':<24}{'said':>18}{'took':>9}{'factor':>8}"
                f"{'left: median':>14}{'worst':>7}{'wide':>7}{'from':>7}"
            )
            for name, kind, small, large in WORK:
                measured(store, kind, small)
                spec = make_spec(kind, large)
                assert isinstance(spec, VaryingSpec)
                speed = known_speed(store, spec)
                assert speed is not None
                low, high = speed.seconds(amount(spec))
                found = measured(store, kind, large)
                said = f"{low:.1f} to {high:.1f} s"
                off = beyond(low, high, found.took)
                print(f"{name:<24}{said:>18}{found.took:>7.1f} s{off:>8.2f}{found}", flush=True)
        stop_engine(Path(folder))


if __name__ == "__main__":
    main()
