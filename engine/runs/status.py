"""How a run stands, in a word."""

from typing import Literal

Status = Literal[
    "queued", "running", "stopping", "paused",
    "finished", "stopped", "failed", "diverged", "interrupted", "lost",
]  # fmt: skip
LIVE: tuple[Status, ...] = ("queued", "running", "stopping", "paused")
