"""What is wrong with a run: its checks."""

from pathlib import Path

from engine.jobs.checks.evidence import Evidence
from engine.jobs.checks.measures import look_for
from engine.results.checks import CheckReport
from engine.runs.reporter import Reporter
from engine.specs.kinds.check import CheckSpec
from engine.store.store import Store


def run(spec: CheckSpec, reporter: Reporter) -> CheckReport:
    """Look for all findings of a run that has ended; the test rows are not looked at."""
    with Store.open(Path(spec.folder)) as store:
        return look_for(Evidence.of(store, spec.run, reporter), spec.ignore)
