"""The environment variables of this program, one entry each: what they may be and what they do.

Help, documentation and the check before anything begins come from this table. An empty variable
counts as one that is not set.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from engine.errors import EngineError

T = TypeVar("T")
# of a value in a message
_SHOWN = 60


class WrongVariable(EngineError):
    """An environment variable has a value that is not allowed."""


@dataclass(frozen=True, slots=True)
class Variable(Generic[T]):
    """One variable; `parse` raises ValueError for a text that is not `allowed`.

    `otherwise` says in words what holds where it is not set, which `default` is.
    """

    name: str
    help: str
    allowed: str
    otherwise: str
    parse: Callable[[str], T]
    default: T

    def value(self) -> T:
        """What is set, or the default; raises `WrongVariable` for what is not allowed."""
        text = os.environ.get(self.name, "")
        if not text:
            return self.default
        try:
            return self.parse(text)
        except ValueError:
            shown = repr(text[:_SHOWN] + ("…" if len(text) > _SHOWN else ""))
            raise WrongVariable(
                f"{self.name}: {shown} is invalid: set it to {self.allowed}.",
                f"'unset {self.name}' gives the default ({self.otherwise}).",
            ) from None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 16 and low <= int(text) <= high):
            raise ValueError
        return int(text)

    return parse


def _folder(text: str) -> Path | None:
    try:
        path = Path(text).expanduser().absolute()
    except RuntimeError as error:
        # the home folder of a user who is not there
        raise ValueError from error
    if path.exists() and not path.is_dir():
        raise ValueError
    return path


def _module(text: str) -> str:
    try:
        found = find_spec(text)
    except (ImportError, ValueError) as error:
        raise ValueError from error
    if found is None:
        raise ValueError
    return text


def _colours(text: str) -> str:
    if text not in ("auto", "16", "256", "true", "none"):
        raise ValueError
    return text


def _cluster(text: str) -> str:
    # who names none does without what checks it
    from engine.specs.cluster import LOCAL, Cluster

    try:
        return text if text == LOCAL else Cluster.parse(text).text
    except EngineError as error:
        raise ValueError from error


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not all(name.isascii() and name.isidentifier() for name in names):
        raise ValueError
    return names


HOME: Final[Variable[Path | None]] = Variable(
    "PENGUIN_TUI_HOME", "the folder that holds everything",
    "a folder, or where one can be made", "penguin-tui in the folder for a user's data",
    _folder, None,
)  # fmt: skip
CACHE: Final[Variable[Path | None]] = Variable(
    "PENGUIN_TUI_CACHE", "the folder for what can be made again: compiled programs, fonts",
    "a folder, or where one can be made", "cache in the folder that holds everything",
    _folder, None,
)  # fmt: skip
THREADS: Final[Variable[int | None]] = Variable(
    "PENGUIN_TUI_THREADS", "processor threads the engine uses",
    "a whole number from 1 to 1,024", "as many as it may", _whole(1, 1024), None,
)  # fmt: skip
WORKERS: Final[Variable[int]] = Variable(
    "PENGUIN_TUI_WORKERS", "concurrent runs",
    "a whole number from 1 to 64", "2", _whole(1, 64), 2,
)  # fmt: skip
IDLE_SECONDS: Final[Variable[int]] = Variable(
    "PENGUIN_TUI_IDLE_SECONDS", "idle time in seconds after which the engine ends by itself",
    "a whole number from 1 to 31,536,000 (a year)", "900", _whole(1, 31_536_000), 900,
)  # fmt: skip
PRECOMPILE: Final[Variable[int]] = Variable(
    "PENGUIN_TUI_PRECOMPILE", "whether JAX is loaded and the usual networks are compiled ahead",
    "0 (on a battery, say) or 1", "1", _whole(0, 1), 1,
)  # fmt: skip
COLOR: Final[Variable[str]] = Variable(
    "PENGUIN_TUI_COLOR", "colours of the workbench",
    "auto, 16, 256, true or none", "auto: as the terminal has them", _colours, "auto",
)  # fmt: skip
CLUSTER: Final[Variable[str]] = Variable(
    "PENGUIN_TUI_CLUSTER", "the Dask scheduler whose workers train the trials of searches",
    "tcp://HOST:PORT, tls://HOST:PORT or local", "the engine's setting; without one, this machine",
    _cluster, "",
)  # fmt: skip
IGNORED_CHECKS: Final[Variable[tuple[str, ...]]] = Variable(
    "PENGUIN_TUI_IGNORE_CHECKS", "codes of checks that are not looked for, separated by commas",
    "names such as overfit,underfit", "none", _names, (),
)  # fmt: skip
TEST_KINDS: Final[Variable[str]] = Variable(
    "PENGUIN_TUI_TEST_KINDS", "for tests: a module whose kinds of run are added",
    "a module that can be imported", "none", _module, "",
)  # fmt: skip
VARIABLES: Final[tuple[Variable[Any], ...]] = (
    HOME, CACHE, THREADS, WORKERS, IDLE_SECONDS, PRECOMPILE, CLUSTER, COLOR, IGNORED_CHECKS,
    TEST_KINDS,
)  # fmt: skip


def check_variables() -> None:
    """Raise `WrongVariable` for the first variable whose value is not allowed."""
    for variable in VARIABLES:
        variable.value()
