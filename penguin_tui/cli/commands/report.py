"""`penguin-tui report RUN`: a run as a document to hand on."""

import click

from penguin_tui.cli.arguments import FileName, RunNumber, store_of_run
from penguin_tui.cli.output.console import WrongUse
from penguin_tui.cli.output.files import expanded
from penguin_tui.cli.output.written import show_written


@click.command("report")
@click.argument("run", type=RunNumber())
@click.option("-o", "--output", "path", type=FileName(), metavar="FILE.html|.md",
              help="Where to  [default: run-RUN.html]")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def report_command(run: int, path: str | None, force: bool) -> None:
    """Write a report of a run: results, figures, configuration, versions.

    HTML is one file without scripts. Markdown has its figures in a folder
    beside it, and the metadata of a model card on top.
    """
    from penguin_tui.report.written import ENDINGS, written_report

    if path is not None and not path.endswith(ENDINGS):
        raise WrongUse(f"{path!r} ends neither in .html nor in .md.")
    with store_of_run(run) as (store, record):
        target = path or f"run-{record.id}.html"
        show_written(written_report(store, record, expanded(target), force=force), target)
