"""`penguin-tui import BUNDLE`: a run that was exported as a bundle, brought into this home."""

import click

from engine.client.importing import import_bundle
from engine.errors import EngineError
from engine.store.home import home
from penguin_tui.cli.arguments import FileName
from penguin_tui.cli.output.console import WrongUse, say
from penguin_tui.cli.output.files import expanded


@click.command("import")
@click.argument("bundle", type=FileName())
def import_command(bundle: str) -> None:
    """Bring a run in that was exported by export --bundle: a folder or a zip file.

    It becomes a run of the next number, with its curves, network and
    predictions. Nothing in it is run; a broken one leaves nothing behind.
    """
    try:
        found = import_bundle(home(), expanded(bundle))
    except EngineError as error:
        raise WrongUse(error.message, error.hint) from error
    say(f"Run {found.run}. {found.note}")
