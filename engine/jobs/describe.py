"""Look at the data: columns, balance, distributions."""

from engine.data.summary import summarize
from engine.jobs.phases.read_data import read
from engine.results.describe import DescribeResult
from engine.runs.reporter import Reporter
from engine.specs.describe import DescribeSpec


def run(spec: DescribeSpec, reporter: Reporter) -> DescribeResult:
    """Describe the file of `spec` as it was read."""
    table = read(spec, reporter)
    reporter.phase("describing the data")
    return summarize(table, spec, reporter.check)
