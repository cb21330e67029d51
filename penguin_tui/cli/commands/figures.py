"""`penguin-tui figures RUN -o DIR`: what a run shows, as pictures."""

from contextlib import nullcontext
from pathlib import Path
from typing import cast

import click

from engine.client.drawing import FORMATS, FiguresRequest, Format, draw_figures
from engine.store.home import home
from penguin_tui.charts.figure_palette import figure_palette
from penguin_tui.cli.arguments import FileName, RunNumber, find_run, opened_store
from penguin_tui.cli.output.console import WrongUse, say
from penguin_tui.cli.output.pictures import pictures


class Formats(click.ParamType[tuple[Format, ...]]):
    """Formats of pictures with commas between them."""

    name = "formats"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Format, ...]:
        """The formats, each once."""
        found = dict.fromkeys(part.strip().lower() for part in str(value).split(","))
        if odd := [name for name in found if name not in FORMATS]:
            self.fail(f"{odd[0]!r} is not a format; one of {', '.join(FORMATS)}.", param, ctx)
        return cast("tuple[Format, ...]", tuple(found))


@click.command("figures")
@click.argument("run", type=RunNumber())
@click.option("-o", "--output", "folder", type=FileName(), required=True, metavar="DIR",
              help="The folder for the files; made where it is not there.")  # fmt: skip
@click.option("--format", "formats", type=Formats(), default="png", metavar="png,svg,pdf",
              help="One format or several.  [default: png]")  # fmt: skip
@click.option("--data", is_flag=True, help="The data behind each figure as well, as CSV.")
@click.option(
    "--show/--no-show",
    default=True,
    help="Show PNG files in the terminal too, where it draws pictures.  [default: show]",
)
@click.option("--force", is_flag=True, help="Overwrite existing files.")
def figures_command(
    run: int, folder: str, formats: tuple[Format, ...], data: bool, show: bool, force: bool
) -> None:
    """Draw the figures of a run for a notebook or a paper.

    Files are named RUN-learning_curves.png and the like. A data summary
    (kind describe) gives those of the data.
    """
    with opened_store() as store:
        record = find_run(store, run)
    try:
        # what a shell leaves as it is, as in -o=~/figures
        target = Path(folder).expanduser().absolute()
    except (RuntimeError, ValueError) as error:
        raise WrongUse(f"{folder} is no folder: {str(error).rstrip('.')}.") from None
    request = FiguresRequest(
        home=home(), run=record.id, folder=target, formats=formats, data=data, force=force,
        palette=figure_palette(),
    )  # fmt: skip
    with pictures() if show else nullcontext() as shown:
        for drawn in draw_figures(request):
            if drawn.note:
                say(drawn.note, err=True)
                continue
            say(f"{drawn.path}: {drawn.size:,} bytes")
            if shown is not None and drawn.path.endswith(".png"):
                shown(Path(drawn.path))
