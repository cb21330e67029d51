"""What is wrong with a spec: the problems of its fields, and the error that carries them."""

from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.specs.typed_text import quoted


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: its path, the value given, what is allowed."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class InvalidSpec(EngineError):
    """A spec that cannot be used; `problems` names each field concerned."""

    def __init__(self, found: tuple[Problem, ...], hint: str = "") -> None:
        super().__init__("\n".join(str(problem) for problem in found), hint)
        self.problems = found


def invalid(value: Any, allowed: str) -> str:
    """What to say of a value that is refused where `allowed` is expected."""
    if value is None or value in ("", [], ()):
        return f"a value is required: enter {allowed}"
    return f"{quoted(value)} is invalid: enter {allowed}"
