"""Look at the data: columns, balance, distributions."""

from engine.data.kept_cells import kept_cells
from engine.data.summary import summarize
from engine.jobs.phases.read_data import read
from engine.results.describe import DescribeResult
from engine.runs.reporter import Reporter
from engine.specs.kinds.describe import DescribeSpec


def run(spec: DescribeSpec, reporter: Reporter) -> DescribeResult:
    """Describe the file of `spec` as it was read; its cells are kept for whoever looks next."""
    table = read(spec, reporter, kept_cells)
    reporter.phase("describing the data")
    return summarize(table, spec, reporter.check)
