"""Types of arguments: what is accepted, how it is refused, how a shell completes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, get_args

import click
from click.shell_completion import CompletionItem

from penguin_tui.cli.output.console import WrongUse, complain

if TYPE_CHECKING:
    from engine.store import RunRecord, Store

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


class KindName(Text):
    """A kind of run; hyphens may stand for underscores."""

    name = "kind"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """The kinds, in the usage line of an argument; an option has no room for them."""
        from engine.kinds import KINDS

        return f"{{{'|'.join(KINDS)}}}" if isinstance(param, click.Argument) else None

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The kind as specs spell it."""
        from engine.kinds import KINDS

        text = super().convert(value, param, ctx).replace("-", "_")
        if text not in KINDS:
            self.fail(f"{value!r} is not a kind of run; one of {', '.join(KINDS)}.", param, ctx)
        return text

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The kinds."""
        from engine.kinds import KINDS

        return [
            CompletionItem(name, help=kind.summary)
            for name, kind in KINDS.items()
            if name.startswith(incomplete.replace("-", "_"))
        ]


class StatusName(Text):
    """A status of a run."""

    name = "status"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The status, which has to be one there is."""
        from engine.runs.state import Status

        text = super().convert(value, param, ctx)
        if text not in get_args(Status):
            known = ", ".join(get_args(Status))
            self.fail(f"{value!r} is not a status; one of {known}.", param, ctx)
        return text

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The statuses."""
        from engine.runs.state import Status

        return [CompletionItem(s) for s in get_args(Status) if s.startswith(incomplete)]


class WholeNumber(click.ParamType[int]):
    """A whole number of at least `low`, in plain digits."""

    name = "number"

    def __init__(self, low: int) -> None:
        self.low = low

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        if isinstance(value, int):
            return value
        text = str(value).strip()
        if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= self.low):
            self.fail(f"{text[:60]!r} is not a whole number from {self.low} on.", param, ctx)
        return int(text)


class RunNumber(click.ParamType[int]):
    """The number of a run, or `last` for the newest one."""

    name = "run"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; `LAST` for the newest run."""
        if isinstance(value, int):
            return value
        text = str(value).strip().removeprefix("#")
        if text == "last":
            return LAST
        if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) > 0):
            self.fail(
                f"{text[:60]!r} is not a run; give its number or 'last'."
                " 'penguin-tui runs' lists the runs there are.",
                param,
                ctx,
            )
        return int(text)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The newest runs."""
        from penguin_tui.presentation.text import sanitize

        with opened_store() as store:
            found = [r for r in store.runs() if str(r.id).startswith(incomplete)]
        return [
            CompletionItem(str(r.id), help=sanitize(f"{r.kind} {r.status} {r.name}", 60))
            for r in found[:COMPLETED_RUNS]
        ]


@contextmanager
def opened_store() -> Iterator["Store"]:
    """The store of this person's home folder."""
    from engine.store import Store
    from engine.store.home import home

    with Store.open(home()) as store:
        yield store


@contextmanager
def settled_store() -> Iterator["Store"]:
    """The store, in which nothing claims to be running that is not."""
    from engine.client import reconcile
    from engine.errors import EngineError

    with opened_store() as store:
        try:
            reconcile(store)
        except EngineError as error:
            # what there is can be looked at without an engine
            complain(error.message, error.hint)
        yield store


def find_run(store: "Store", number: int) -> "RunRecord":
    """The run of that number, or the newest one; raises `WrongUse` when there is none."""
    from engine.errors import EngineError

    if number == LAST:
        newest = next(iter(store.runs()), None)
        if newest is None:
            raise WrongUse("There are no runs yet.", "'penguin-tui run baseline' makes one.")
        return newest
    try:
        return store.run(number)
    except EngineError as error:
        raise WrongUse(error.message, error.hint) from None
