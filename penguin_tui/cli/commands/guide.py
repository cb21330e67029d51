"""`penguin-tui guide [STEP]`: the guide's text without a screen, and answers marked."""

import os
import sys
from dataclasses import replace

import click

from penguin_tui.cli.arguments import KnownName, Text, opened_store
from penguin_tui.cli.output.console import say, say_blocks, terminal_columns
from penguin_tui.engine_link.bookmark import LANGUAGES, STEPS, Bookmark, bookmark

MEASURE = 80
ALL = "all"
STEP = KnownName("step", "step of the guide", lambda: (*STEPS, ALL))
LANGUAGE = KnownName("language", "language of the guide", lambda: LANGUAGES, LANGUAGES.__getitem__)
WRONG = 1


@click.command("guide")
@click.argument("step", type=STEP, required=False)
@click.option("--language", type=LANGUAGE, metavar="LANGUAGE", help="en or ko; else the locale's.")
@click.option(
    "--answer", type=Text(), metavar="TEXT",
    help="Mark this as the answer to the step's question; ? shows what is right.",
)  # fmt: skip
def guide_command(step: str | None, language: str | None, answer: str | None) -> None:
    """Show a step of the guide: the post, what is wrong with it, and done right.

    Without STEP its twelve steps are listed; 'all' shows every one. An answer
    is marked from the newest run that fits, on the data that the workbench is
    on; one that is not right ends with code 1.
    """
    from engine.store.home import home
    from penguin_tui.app.settings import load_settings
    from penguin_tui.guide.pages import contents_block, step_blocks, title_blocks

    remembered = load_settings(home())
    place = bookmark(remembered.guide, os.environ)
    if language is not None:
        place = replace(place, language=language)
    if answer is not None and step in (None, ALL):
        raise click.UsageError("--answer needs the step whose question it answers.")
    if step is None:
        say_blocks([contents_block(place)])
        return
    room = min(MEASURE, terminal_columns(sys.stdout) or MEASURE)
    if answer is not None:
        _mark(replace(place, step=step), answer, remembered.data, room)
        return
    for one in STEPS if step == ALL else (step,):
        shown = replace(place, step=one)
        say_blocks([*title_blocks(shown, room), *step_blocks(shown, room)])
        if step == ALL:
            say()


def _mark(place: Bookmark, answer: str, choice: dict[str, object], room: int) -> None:
    from penguin_tui.engine_link.linked_app import DEFAULT_DATA
    from penguin_tui.guide.marking import marked
    from penguin_tui.guide.pages import feedback_blocks

    with opened_store() as store:
        found = marked(store, choice or DEFAULT_DATA, place.step, answer, place.language)
    say_blocks(feedback_blocks(place, answer, found, room))
    if found.outcome not in ("right", "shown"):
        click.get_current_context().exit(WRONG)
