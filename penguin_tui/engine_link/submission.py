"""A run queued for the engine, from the event loop's thread."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from penguin_tui.engine_link.linked_app import LinkedApp

if TYPE_CHECKING:
    from engine.specs.run_spec import RunSpec
    from engine.store.store import Store


def submit_run(app: LinkedApp, spec: "RunSpec", done: Callable[[int | Exception], object]) -> None:
    """Queue a run, then call `done` with its number, or with the EngineError that refused it."""

    def submit(store: "Store") -> int | Exception:
        from engine.client import submission
        from engine.client.checking import checked
        from engine.errors import EngineError

        try:
            if app.engine_allowed:
                return submission.submit(store, spec)
            return store.submit(checked(spec))
        except EngineError as error:
            return error

    app.engine_call(submit, done)
