"""The options that name a cluster, for every command that queues a run."""

from collections.abc import Callable
from typing import TypeVar

import click

from engine.errors import EngineError
from engine.kinds import KINDS, label_of
from engine.specs.cluster import LOCAL, Cluster
from penguin_tui.cli.arguments import FileName, Text
from penguin_tui.cli.output.console import WrongUse

Command = TypeVar("Command", bound=Callable[..., object])


def cluster_options(command: Command) -> Command:
    """The options `--cluster`, `--tls-…` and `--insecure`; `cluster_text` reads them."""
    for option in (
        click.option(
            "--insecure", is_flag=True,
            help="Let pickled data go unencrypted to a scheduler on another machine.",
        ),
        click.option(
            "--tls-key", "key", type=FileName(), metavar="FILE", help="The key of --tls-cert."
        ),
        click.option(
            "--tls-cert", "cert", type=FileName(), metavar="FILE", help="This side's certificate."
        ),
        click.option(
            "--tls-ca-file", "ca", type=FileName(), metavar="FILE",
            help="The authority that the scheduler's certificate is from.",
        ),
        click.option(
            "--cluster", type=Text(), metavar="ADDRESS",
            help="Train the trials on the workers of a Dask scheduler, as in tcp://host:8786: the"
            " data leave this machine. 'local': here, whatever the settings say.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def cluster_text(
    kind: str,
    cluster: str | None,
    ca: str | None = None,
    cert: str | None = None,
    key: str | None = None,
    insecure: bool = False,
) -> str:
    """What the options say of a run of `kind`, for `engine.client.submission`; empty: nothing.

    Raises `WrongUse`.
    """
    files = {name: path for name, path in (("ca", ca), ("cert", cert), ("key", key)) if path}
    if cluster is None:
        if files or insecure:
            raise WrongUse("--tls-… and --insecure say how --cluster is reached: name one.")
        return ""
    if cluster == LOCAL:
        return LOCAL
    if not KINDS[kind].distributes:
        raise WrongUse(
            f"--cluster: a {label_of(kind)} run has no trials that could be trained elsewhere.",
            f"It is for {', '.join(name for name, own in KINDS.items() if own.distributes)}.",
        )
    try:
        found = Cluster.parse(cluster)
    except EngineError as error:
        raise WrongUse(f"--cluster: {error.message}", error.hint) from None
    changes = files | ({"insecure": True} if insecure else {})
    return found.model_copy(update=changes).text
