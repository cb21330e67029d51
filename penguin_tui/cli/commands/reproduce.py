"""`penguin-tui reproduce`: the whole post beside its published figures."""

import click

from penguin_tui.cli.arguments import RunName, Text
from penguin_tui.cli.spec_source import Typed, build_spec
from penguin_tui.cli.submission import output_options, submit_and_show, submit_checked


@click.command("reproduce")
@click.option("--quick", is_flag=True, help="Fewer values in experiments and searches.")
@click.option(
    "--seeds",
    type=Text(),
    metavar="N",
    help="Splits and seeds of each network and the baseline (40).",
)
@click.option("--seed", type=Text(), metavar="N", help="The first of the seeds.")
@click.option("--name", type=RunName(), default="", help="A name for the run.")
@output_options
def reproduce_command(
    quick: bool, seeds: str | None, seed: str | None, name: str, **output: bool
) -> int:
    """Reproduce the published example this workbench starts from.

    Its networks, experiments and searches are run as published and, beside
    that, strictly. The report can be kept with
    'penguin-tui export last --report FILE.md'.
    """
    given = {"quick": "yes" if quick else None, "seeds": seeds, "seed": seed}
    spec = build_spec(
        "reproduce",
        [Typed("set", f"{field}={text}") for field, text in given.items() if text is not None],
    )
    return submit_and_show(lambda store: submit_checked(store, spec, name), **output)
