"""What the store knows about the settings of a form, looked up once they rest for a moment."""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.timer import Timer

from engine.specs.run_spec import RunSpec

if TYPE_CHECKING:
    from engine.store.store import Store
    from penguin_tui.screens.form_and_run import FormAndRunScreen

V = TypeVar("V")
PAUSE_SECONDS = 0.3


class Lookup(Generic[V]):
    """Remembers by `key_of(spec)` what `read(store, spec)` has found for a screen's form.

    What is not known yet is read in a thread, once, and `arrived` called. Something that is not
    `final` is shown meanwhile, and read again after `expire`.
    """

    def __init__(
        self,
        screen: "FormAndRunScreen",
        key_of: Callable[[RunSpec], Hashable],
        read: "Callable[[Store, RunSpec], V | None]",
        arrived: Callable[[], None],
        final: Callable[[V], bool] = lambda _: True,
    ) -> None:
        self._screen, self._key_of, self._read = screen, key_of, read
        self._arrived, self._final = arrived, final
        self._known: dict[Hashable, V] = {}
        self._requested: Hashable = None
        self._timer: Timer | None = None

    def of(self, spec: RunSpec | None) -> V | None:
        """What is known of these settings; what is missing is looked up soon."""
        if spec is None:
            return None
        key = self._key_of(spec)
        found = self._known.get(key)
        if key != self._requested and (found is None or not self._final(found)):
            if self._timer is not None:
                self._timer.stop()
            self._timer = self._screen.set_timer(PAUSE_SECONDS, self._look_up)
        return found

    def learn(self, spec: RunSpec, found: V | None) -> None:
        """Remember what somebody else has found out, unless it is known for good."""
        key = self._key_of(spec)
        before = self._known.get(key)
        if found is not None and (before is None or not self._final(before)):
            self._known[key] = found

    def expire(self, *, forget: bool = False) -> None:
        """Look up again what is not final; with `forget` everything."""
        self._requested = None
        if forget:
            self._known.clear()

    def _look_up(self) -> None:
        spec = self._screen.form.reading.spec
        if spec is None:
            return
        self._requested = self._key_of(spec)

        def found(value: V | None) -> None:
            if value is not None:
                self._known[self._key_of(spec)] = value
                self._arrived()

        self._screen.workbench.engine_call(
            lambda store: self._read(store, spec), found, background=True
        )
