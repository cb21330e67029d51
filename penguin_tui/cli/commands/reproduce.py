"""`penguin-tui reproduce`: the whole post beside its published figures."""

from typing import Any

import click

from penguin_tui.cli.arguments import RunName, Text
from penguin_tui.cli.cluster_options import cluster_options, cluster_text
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
@cluster_options
@output_options
def reproduce_command(
    quick: bool,
    seeds: str | None,
    seed: str | None,
    name: str,
    as_json: bool,
    detach: bool,
    quiet: bool,
    **cluster: Any,
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
    where = cluster_text("reproduce", **cluster)
    return submit_and_show(
        lambda store: submit_checked(store, spec, name, where),
        as_json=as_json,
        detach=detach,
        quiet=quiet,
    )
