"""The whole post, run again and watched."""

from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.messages import OpenRun


def reproduce_post(screen: WorkScreen) -> None:
    """Start the run of everything in the post, once the person has confirmed it; open it."""
    from engine.client.submission import submit
    from engine.kinds import make_spec

    spec = make_spec("reproduce", {})

    def go() -> None:
        screen.workbench.engine_call(
            lambda store: submit(store, spec), lambda run: screen.post_message(OpenRun(run))
        )
        screen.say_where(spec.kind)

    text = "All networks, experiments and searches of the post are run, which takes minutes."
    screen.confirm("Reproduce the post", text, go)
