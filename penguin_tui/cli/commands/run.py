"""`penguin-tui run KIND`: starts a run, follows it, prints its result."""

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from engine.client.kept_input import STANDARD_INPUT
from engine.kinds import KINDS
from engine.specs.derived_settings import variable_settings
from engine.specs.fields import settings_of
from engine.store.store import Store
from penguin_tui.cli.arguments import KIND, FileName, RunName, Text
from penguin_tui.cli.cluster_options import cluster_options, cluster_text
from penguin_tui.cli.output.console import WrongUse, say
from penguin_tui.cli.spec_source import OrderedCommand, build_spec, in_order, unusual
from penguin_tui.cli.submission import output_options, submit_and_show, submit_checked
from penguin_tui.presentation.blocks import Span

TEXT, FILE = Text(), FileName()


def _starting(names: Iterable[str], start: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(start)]


def _complete_preset(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return _starting(KINDS[ctx.params.get("kind") or "train"].presets, incomplete)


def _complete_field(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    spec = KINDS[ctx.params.get("kind") or "train"].spec
    if parameter.name == "vary":
        return _starting((f"{name}=" for name in variable_settings(spec)), incomplete)
    settings = settings_of(spec)
    name, equals, _ = incomplete.partition("=")
    if not equals:
        return [
            CompletionItem(f"{s.name}=", help=s.help)
            for s in settings
            if s.name.startswith(incomplete)
        ]
    choices = next((s.choices or tuple(s.variants) for s in settings if s.name == name), ())
    return _starting((f"{name}={choice}" for choice in choices), incomplete)


@click.command("run", cls=OrderedCommand)
@click.argument("kind", type=KIND)
@click.option(
    "--set",
    type=TEXT,
    multiple=True,
    metavar="FIELD=VALUE",
    shell_complete=_complete_field,
    help="Set a field; 'penguin-tui fields KIND' lists them. schedule.factor=0.5 reaches inside.",
)
@click.option(
    "--vary",
    type=TEXT,
    multiple=True,
    metavar="SETTING=RANGE",
    shell_complete=_complete_field,
    help="What a sweep or search varies: 2..16, 16..256/16, log:1e-4:1e-1, or 0.2,0.4,0.6.",
)
@click.option("--spec", type=FILE, metavar="FILE", help="JSON with fields; '-': standard input.")
@click.option(
    "--preset",
    type=TEXT,
    metavar="NAME",
    shell_complete=_complete_preset,
    help="A named set of fields, such as two-hidden; wins over --spec.",
)
@click.option(
    "--data",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="'penguins', the path of a data file, or '-': standard input.",
)
@click.option(
    "--target", type=TEXT, multiple=True, metavar="COLUMN", help="The column with the class."
)
@click.option(
    "--protocol",
    type=TEXT,
    multiple=True,
    metavar="NAME",
    shell_complete=lambda _ctx, _param, start: _starting(("strict", "as_published"), start),
    help="strict (no data leakage) or as_published (the post's way, data leakage included).",
)
@click.option(
    "--seed",
    type=TEXT,
    multiple=True,
    metavar="N",
    help="The field 'seed'; of describe and baseline, which have none, 'split_seed'.",
)
@click.option("--name", type=RunName(), default="", help="A name for the run.")
@cluster_options
@output_options
@click.pass_context
def run_command(
    ctx: click.Context,
    /,
    kind: str,
    spec: str | None,
    preset: str | None,
    name: str,
    as_json: bool,
    detach: bool,
    quiet: bool,
    cluster: str | None,
    ca: str | None,
    cert: str | None,
    key: str | None,
    insecure: bool,
    **typed: tuple[str, ...],
) -> int:
    """Start a run, follow it and print its result.

    'penguin-tui fields KIND' lists the fields of a kind. They come from --spec, then
    --preset, then the other options in the order in which they stand; the last one wins.

    Ctrl+C stops the run; pressed again it leaves at once. A hang-up leaves the
    run going. Exit code: 0 finished, 1 failed or diverged, 2 usage error,
    130 stopped.
    """
    where = cluster_text(kind, cluster, ca, cert, key, insecure)
    made = build_spec(kind, in_order(ctx, typed), preset, spec)
    if spec == made.data == STANDARD_INPUT:
        raise WrongUse("data: standard input holds the fields already (--spec -): name a file.")

    def queue(store: Store) -> int:
        run = submit_checked(store, made, name, where)
        if not quiet:
            for sentence in unusual(made):
                say((Span(f"Unusual: {sentence}.", "warning"),), err=True)
        return run

    return submit_and_show(
        queue,
        as_json=as_json,
        detach=detach,
        quiet=quiet,
    )
