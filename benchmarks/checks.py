"""How often `penguin-tui check` finds what is not there: on pure noise, and on clean data.

    python -m benchmarks.checks [--tables 200] [--first-seed 10000] [--keep FOLDER] [CASE …]

Noise: the class has nothing to do with the columns, so that only "no better than …" is true; by a
baseline, a linear network that has long converged (and is too sure), a network that has learnt the
noise by heart, for which "overfit" and "badly calibrated" are true as well, and random searches, in
which no setting can matter. Clean: a ring around a disc, which a network tells apart and a line
does not, so that no finding is true; the searches on it vary the learning rate far to both sides of
where it is good, and a penalty that is too small to matter.

With `--keep` the counts of each case are kept in a file after each table, and the next call goes on
from there: half an hour can be had in parts, and cases side by side.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

from engine.jobs.checks.evidence import Evidence
from engine.jobs.checks.measures import look_for
from engine.results.checks import CHECKS, CODES
from engine.runs.reporter import Reporter
from engine.store.store import Store
from engine.trainer import runtime
from tests.support.engine.fitted_runs import fitted_in

THREADS = 2
ROWS, COLUMNS = 1_000, 6
SPLIT = {"validation_fraction": 0.4, "test_fraction": 0.2, "target": "class"}
NO_BETTER = frozenset({"not_better_than_majority", "not_better_than_logistic"})
LEARNT = NO_BETTER | {"overfit", "badly_calibrated"}
# six coefficients fitted to 400 rows of noise are half a decimal too sure
FITTED = NO_BETTER | {"badly_calibrated"}
SEARCH: dict[str, Any] = {"max_trials": 15, "epochs": 6, "folds": 2}
LOG = "log"


@dataclass(frozen=True, slots=True)
class Case:
    """Runs of a kind on tables of a kind, and the findings that are true of them."""

    table: str
    kind: str
    settings: dict[str, Any]
    true: frozenset[str] = frozenset()


CASES = {
    "noise-baseline": Case("noise", "baseline", {"inverse_regularization": 0.01}, NO_BETTER),
    "noise-linear": Case("noise", "train", {"hidden_layers": [], "epochs": 60}, FITTED),
    "noise-network": Case("noise", "train", {"hidden_layers": [32, 32], "epochs": 100}, LEARNT),
    "noise-search": Case("noise", "random_search", SEARCH | {"vary": {
        "learning_rate": {"low": 1e-4, "high": 1e-1, "scale": LOG},
        "dropout": {"low": 0.05, "high": 0.5}, "units": {"low": 8, "high": 64},
    }}, LEARNT | {"class_never_predicted"}),
    "clean-network": Case("clean", "train", {
        "hidden_layers": [32, 32], "epochs": 300, "batch_size": 32,
        "early_stopping": {"monitor": "val_loss", "patience": 15, "restore_best": True},
    }),
    "clean-search": Case("clean", "random_search", SEARCH | {
        "hidden_layers": [16], "epochs": 30, "vary": {
            "learning_rate": {"low": 1e-5, "high": 1e1, "scale": LOG},
            "kernel_l2": {"low": 1e-9, "high": 1e-7, "scale": LOG},
    }}),
}  # fmt: skip


@dataclass
class Counts:
    """Of so many tables, how often each code was found, and how often it was measured."""

    tables: int
    found: Counter[str]
    measured: Counter[str]

    @classmethod
    def read(cls, path: Path) -> "Counts":
        """Those that were kept, or none yet."""
        kept = json.loads(path.read_text()) if path.exists() else {}
        return cls(
            kept.get("tables", 0), Counter(kept.get("found", {})), Counter(kept.get("measured", {}))
        )

    def cell(self, code: str, *, true: bool) -> str:
        """The rate with its exact interval (Clopper and Pearson 1934)."""
        rows = self.measured[code]
        if not rows:
            return "–"
        if true:
            return f"{100 * self.found[code] / rows:.0f} % (true)"
        ends = binomtest(self.found[code], rows).proportion_ci(method="exact")
        return (
            f"{100 * self.found[code] / rows:.1f} % ({100 * ends.low:.1f} to {100 * ends.high:.1f})"
        )


def write_table(kind: str, path: Path, seed: int) -> None:
    """Write a table of a kind."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(ROWS, COLUMNS))
    y = draw.random(ROWS) < 0.5
    if kind == "clean":
        radius = np.where(y, 2.0, 0.8) + 0.25 * draw.normal(size=ROWS)
        angle = draw.uniform(0, 2 * np.pi, ROWS)
        x = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
    lines = [
        ",".join([*(f"{v:.6f}" for v in row), "ab"[int(c)]]) for row, c in zip(x, y, strict=True)
    ]
    path.write_text("\n".join([",".join([*(f"x{n}" for n in range(x.shape[1])), "class"]), *lines]))


def measure(store: Store, case: str, seed: int) -> tuple[list[str], list[str]]:
    """The codes found of one run on one table, and those that were measured."""
    own, path = CASES[case], store.home.parent / "table.csv"
    write_table(own.table, path, seed)
    run = fitted_in(store, own.kind, {"data": str(path), "split_seed": seed} | SPLIT | own.settings)
    report = look_for(Evidence.of(store, run, Reporter()))
    measured = [code for code in CODES if code not in report.not_measured]
    return [finding.code for finding in report.findings], measured


def count(home: Path, keep: Path, case: str, tables: int, first_seed: int) -> Counts:
    """Go on counting a case until there are so many tables."""
    path = keep / f"{case}.json"
    counts = Counts.read(path)
    with Store.open(home) as store:
        while counts.tables < tables:
            found, measured = measure(store, case, first_seed + counts.tables)
            counts.tables += 1
            counts.found.update(found)
            counts.measured.update(measured)
            path.write_text(json.dumps(vars(counts)))
            sys.stderr.write(f"\r{case}: {counts.tables} of {tables} ")
    return counts


def main() -> None:
    """Print the table of docs/checks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    runtime.set_up(THREADS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keep = asked.keep or folder
        keep.mkdir(exist_ok=True)
        os.environ["PENGUIN_TUI_HOME"] = str(folder / "home")
        (folder / "home").mkdir(mode=0o700)
        cases = asked.cases or list(CASES)
        counts = {
            case: count(folder / "home", keep, case, asked.tables, asked.first_seed)
            for case in cases
        }
    sys.stderr.write("\n")
    heads = (f"{case.replace('-', ', ')} ({own.tables})" for case, own in counts.items())
    print("| code | " + " | ".join(heads) + " |")
    print("|---|" + "---|" * len(cases))
    for check in CHECKS:
        cells = (own.cell(check.code, true=check.code in CASES[case].true)
                 for case, own in counts.items())  # fmt: skip
        print(f"| `{check.code}` | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
