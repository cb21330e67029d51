"""Look at the data: columns, balance, distributions."""

from engine.data.describe import describe
from engine.jobs.shared.data import read
from engine.results.describe import DescribeResult
from engine.runs.reporter import Reporter
from engine.specs.describe import DescribeSpec


def run(spec: DescribeSpec, reporter: Reporter) -> DescribeResult:
    """Describe the file of `spec` as it was read."""
    table = read(spec, reporter)
    reporter.phase("describing the data")
    return describe(table, spec)
