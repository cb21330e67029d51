"""Types of arguments: what is accepted, how it is refused, how a shell completes it."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, get_args

import click
from click.shell_completion import CompletionItem

from engine.errors import EngineError
from engine.runs.status import Status
from penguin_tui.cli.output.console import WrongUse, complain, say
from penguin_tui.presentation.blocks import warning
from penguin_tui.presentation.text import clipped
from penguin_tui.terminal.gate import visible

# the workbench shows its first frame before it needs a store
if TYPE_CHECKING:
    from engine.kinds import Kind
    from engine.store.records import RunRecord
    from engine.store.store import Store

LAST = 0
COMPLETED_RUNS = 50
# of a name or a note
MAX_TEXT = 10_000


class Text(click.ParamType[str]):
    """Text in the encoding of the terminal; bytes that are none are refused."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it is."""
        text = str(value)
        if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
            self.fail(f"{text!r} is no valid text in this terminal's encoding.", param, ctx)
        return text


class RunName(Text):
    """A name or note of a run, up to `MAX_TEXT` characters."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, if it is not too long."""
        text = super().convert(value, param, ctx)
        if len(text) > MAX_TEXT:
            self.fail(f"{len(text):,} characters are too many; up to {MAX_TEXT:,}.", param, ctx)
        return text


class FileName(Text):
    """The path of a file."""

    name = "file"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The shell completes paths itself."""
        return [CompletionItem(incomplete, type="file")]


class KnownName(Text):
    """One of the names that `known` gives; `about` is what the shell says of one.

    Hyphens may stand for underscores. A refusal calls it a `noun`.
    """

    def __init__(
        self,
        name: str,
        noun: str,
        known: Callable[[], Collection[str]],
        about: Callable[[str], str] = lambda _: "",
    ) -> None:
        self.name, self._noun, self._known, self._about = name, noun, known, about

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """The names, in the usage line of an argument; an option has no room for them."""
        return f"{{{'|'.join(self._known())}}}" if isinstance(param, click.Argument) else None

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as specs and records spell it."""
        text = super().convert(value, param, ctx).replace("-", "_")
        known = self._known()
        if text not in known:
            message = f"{value!r} is not a {self._noun}; one of {', '.join(known)}."
            self.fail(message, param, ctx)
        return text

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The names that begin like this."""
        start = incomplete.replace("-", "_")
        return [
            CompletionItem(name, help=self._about(name))
            for name in self._known()
            if name.startswith(start)
        ]


def _kinds() -> "dict[str, Kind]":
    from engine.kinds import KINDS

    return KINDS


KIND = KnownName("kind", "kind of run", _kinds, lambda name: _kinds()[name].summary)
STATUS = KnownName("status", "status", lambda: get_args(Status))


class WholeNumber(click.ParamType[int]):
    """A whole number of at least `low`, in plain digits; `refusal` follows what is refused."""

    name = "number"

    def __init__(self, low: int, refusal: str = "") -> None:
        self.low = low
        self.refusal = refusal or f"is not a whole number from {low} on."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        text = str(value).strip()
        if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= self.low):
            self.fail(f"{text[:60]!r} {self.refusal}", param, ctx)
        return int(text)


class RunNumber(WholeNumber):
    """The number of a run, or `last` for the newest one."""

    name = "run"

    def __init__(self) -> None:
        hint = "'penguin-tui runs' lists the runs there are."
        super().__init__(1, f"is not a run; give its number or 'last'. {hint}")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; `LAST` for the newest run."""
        text = str(value).strip().removeprefix("#")
        return LAST if text == "last" else super().convert(text, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The newest runs."""
        with opened_store() as store:
            found = [r for r in store.runs() if str(r.id).startswith(incomplete)]
        # a pipe for us, but the shell shows it on its terminal
        return [
            CompletionItem(str(r.id), help=visible(clipped(f"{r.kind} {r.status} {r.name}", 60)))
            for r in found[:COMPLETED_RUNS]
        ]


@contextmanager
def opened_store() -> "Iterator[Store]":
    """The store of this person's home folder."""
    from engine.store.home import home
    from engine.store.store import Store

    with Store.open(home()) as store:
        if store.unwritable:
            sentence = f"Nothing can be saved: {store.unwritable}. Everything can be read."
            say(warning(sentence), err=True)
        yield store


@contextmanager
def settled_store() -> "Iterator[Store]":
    """The store, in which nothing claims to be running that is not."""
    from engine.client.process import reconcile

    with opened_store() as store:
        try:
            reconcile(store)
        except EngineError as error:
            # what there is can be looked at without an engine
            complain(error.message, error.hint)
        yield store


@contextmanager
def store_of_run(number: int) -> "Iterator[tuple[Store, RunRecord]]":
    """The settled store, and the run of that number; raises `WrongUse` when there is none."""
    with settled_store() as store:
        yield store, find_run(store, number)


def find_run(store: "Store", number: int) -> "RunRecord":
    """The run of that number, or the newest one; raises `WrongUse` when there is none."""
    if number == LAST:
        newest = next(iter(store.runs()), None)
        if newest is None:
            raise WrongUse("There are no runs yet.", "'penguin-tui run baseline' makes one.")
        return newest
    try:
        return store.run(number)
    except EngineError as error:
        raise WrongUse(error.message, error.hint) from None
