"""The command palette: every key that works here by its name, places, themes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App, SystemCommand
from textual.screen import Screen

from penguin_tui.app.theme import THEMES
from penguin_tui.engine_link.bookmark import LANGUAGES
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.screens.messages import OpenRun
from penguin_tui.screens.places import PLACES

if TYPE_CHECKING:
    from engine.store.store import Store

PREDICT = "Predict a row with the last run"

_ALREADY_NAMED = ("go(", "command_palette", "leave")


def commands(app: App[Any], screen: Screen[Any]) -> Iterator[SystemCommand]:
    """What can be done on a screen now."""
    for place in PLACES:
        yield SystemCommand(
            f"Go to {place.title}", place.tooltip, _act(app, app, place.link.action)
        )
    for title, theme in THEMES.items():
        yield SystemCommand(
            f"Theme: {title.lower()}", "Colours of the workbench.", _theme(app, theme.name)
        )
    if isinstance(app, LinkedApp):
        for language, title in LANGUAGES.items():
            yield SystemCommand(
                f"Guide: {title}", "The language of the guide.", _language(app, language)
            )
    yield SystemCommand(
        "Save a picture of this screen",
        "An SVG file in the folder you started from.",
        lambda: app.set_timer(0.2, lambda: _save_picture(app)),
    )
    if isinstance(app, LinkedApp):
        yield SystemCommand(
            PREDICT, "Type a row into the last run that keeps a network.", partial(_predict, app)
        )
        yield SystemCommand(
            "Cluster", "Where the trials of sweeps, searches and evaluations are trained: here, or"
            " on the workers of a Dask scheduler; who works there now.", partial(_cluster, app),
        )  # fmt: skip
    named: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or not active.enabled or binding.description in named:
            continue
        if binding.action.startswith(_ALREADY_NAMED):
            continue
        named.add(binding.description)
        key = app.get_key_display(binding)
        help_text = f"{binding.tooltip} (key: {key})" if binding.tooltip else f"Key: {key}"
        yield SystemCommand(binding.description, help_text, _act(app, active.node, binding.action))


def _predict(app: LinkedApp) -> None:
    """Open the tab Predict of the last run that keeps a network; say so where there is none."""

    def then(run: int | None) -> None:
        if run is None:
            app.notify("No run has kept a network yet: train one first.", severity="warning")
        else:
            app.post_message(OpenRun(run, "predict"))

    app.engine_call(_last_with_network, then)


def _last_with_network(store: "Store") -> int | None:
    from engine.kinds import KINDS
    from engine.results.scores import Scored

    return next(
        (
            record.id
            for record in store.runs()
            if record.status == "finished"
            and record.kind in KINDS
            and issubclass(KINDS[record.kind].result, Scored)
        ),
        None,
    )


def _cluster(app: LinkedApp) -> None:
    from penguin_tui.app.cluster import choose_cluster

    choose_cluster(app)


def _theme(app: App[Any], name: str) -> Callable[[], None]:
    def choose() -> None:
        app.theme = name

    return choose


def _language(app: LinkedApp, language: str) -> Callable[[], None]:
    def choose() -> None:
        app.guide = replace(app.guide, language=language, open=True)

    return choose


def _act(app: App[Any], node: Any, action: str) -> Callable[[], object]:
    async def act() -> None:
        await app.run_action(action, node)

    return act


def _save_picture(app: App[Any]) -> None:
    try:
        path = app.save_screenshot(path=str(Path.cwd()))
    except OSError as error:
        app.notify(f"The picture could not be saved: {error.strerror}.", severity="error")
    else:
        app.notify(f"Saved: {path}")
