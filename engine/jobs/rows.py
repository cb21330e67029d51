"""A page of a table's rows, sorted and filtered."""

from engine.data.kept_cells import kept_order
from engine.jobs.phases.read_data import progress_of
from engine.results.rows import RowsPage
from engine.runs.reporter import Reporter
from engine.specs.kinds.rows import RowsSpec


def run(spec: RowsSpec, reporter: Reporter) -> RowsPage:
    """The page that `spec` asks for; the file is read where its cells are not kept."""
    reporter.check()
    return kept_order(spec, progress_of(reporter)).page(spec)
