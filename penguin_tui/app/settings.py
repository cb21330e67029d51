"""What the workbench remembers between two starts: theme and chosen data."""

import json
import os
from pathlib import Path
from typing import Any


def load_settings(home: Path) -> dict[str, Any]:
    """The remembered settings; empty when there are none or they cannot be read."""
    try:
        found = json.loads(_path(home).read_text("utf-8"))
    except (OSError, ValueError):
        # nothing is lost with them: the defaults serve
        return {}
    return found if isinstance(found, dict) else {}


def save_settings(home: Path, settings: dict[str, Any]) -> None:
    """Keep the settings, whole or not at all; raises OSError when that fails."""
    path = _path(home)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(settings, file, indent=1)
    new.replace(path)


def _path(home: Path) -> Path:
    return home / "workbench.json"
