"""What the workbench remembers between two starts, in a small file of its home folder."""

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Remembered:
    """Theme, data, last files, forms, columns of Runs, place in the guide; empty: not known.

    `looks` counts by validation set the settings that were judged by it in the playground.
    """

    theme: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    recent: list[str] = field(default_factory=list)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    columns: str = ""
    guide: dict[str, Any] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)


def load_settings(home: Path) -> Remembered:
    """What was remembered; nothing where there is no file, or one that cannot be read."""
    usual = Remembered()
    try:
        found = json.loads(_path(home).read_text("utf-8"))
    except (OSError, ValueError):
        # nothing is lost with them: the defaults serve
        return usual
    if not isinstance(found, dict):
        return usual
    values = {one.name: found.get(one.name) for one in fields(Remembered)}
    return Remembered(**{n: v for n, v in values.items() if isinstance(v, type(getattr(usual, n)))})


def save_settings(home: Path, settings: Remembered) -> None:
    """Keep the settings, whole or not at all; raises OSError when that fails."""
    path = _path(home)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(settings), file, indent=1)
    new.replace(path)


def _path(home: Path) -> Path:
    return home / "workbench.json"
