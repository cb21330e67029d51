"""`penguin-tui report RUN`: a run as a document to hand on."""

import os
import shutil
import tempfile
from pathlib import Path

import click

from engine.exports.csv_tables import state_of
from engine.store.home import home
from penguin_tui.cli.arguments import FileName, RunNumber, store_of_run
from penguin_tui.cli.output.console import WrongUse, say
from penguin_tui.cli.output.files import output_file

ENDINGS = (".html", ".md")


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
    from penguin_tui.report.contents import report_of
    from penguin_tui.report.html import html_report
    from penguin_tui.report.markdown import markdown_report

    if path is not None and not path.endswith(ENDINGS):
        raise WrongUse(f"{path!r} ends neither in .html nor in .md.")
    with store_of_run(run) as (store, record), tempfile.TemporaryDirectory() as drawn:
        target = path or f"run-{record.id}.html"
        if target.endswith(".html"):
            with output_file(target, force) as file:
                body = html_report(report_of(home(), record, state_of(store, record), Path(drawn)))
                file.write(body)
            say(f"{target}: {len(body):,} bytes")
            return
        beside = Path(target.removesuffix(".md") + "-figures").expanduser()
        if os.path.lexists(beside) and not force:
            raise WrongUse(f"{beside} exists already.", "--force overwrites its figures.")
        with output_file(target, force) as file:
            report = report_of(home(), record, state_of(store, record), Path(drawn))
            body = markdown_report(report, beside.name)
            file.write(body)
            if report.pictures:
                beside.mkdir(exist_ok=True)
            for picture in report.pictures:
                shutil.copyfile(picture.path, beside / picture.path.name)
        say(f"{target}: {len(body):,} bytes; {len(report.pictures)} figures in {beside}")
