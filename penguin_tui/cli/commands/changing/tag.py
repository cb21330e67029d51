"""`penguin-tui tag RUN TAG…`: words by which a filter finds a run."""

import click

from penguin_tui.cli.arguments import RunName, RunNumber, find_run, opened_store
from penguin_tui.cli.output.console import say
from penguin_tui.presentation.runs.columns import tags_text


@click.command("tag")
@click.argument("run", type=RunNumber())
@click.argument("tags", type=RunName(), nargs=-1, metavar="[TAG]...")
@click.option("--remove", type=RunName(), multiple=True, metavar="TAG", help="Take a tag away.")
def tag_command(run: int, tags: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Tag a run; without a tag, show those it has.

    'penguin-tui runs --where tag:final' finds the runs of a tag.
    """
    with opened_store() as store:
        record = find_run(store, run)
        if tags or remove:
            kept = " ".join((*record.tags, *tags)).split()
            gone = " ".join(remove).split()
            store.set_tags(record.id, [tag for tag in kept if tag not in gone])
            record = store.run(record.id)
    say(f"Run {record.id}: {tags_text(record.tags) or 'no tags'}")
