"""Files of a person's own, written whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_whole(target: Path, body: bytes, force: bool) -> None:
    """Write a file whole or not at all; raises as `whole_file`."""
    with whole_file(target, force) as file:
        file.write(body)


@contextmanager
def whole_file(target: Path, force: bool) -> Iterator[BinaryIO]:
    """A file to write to, which is at `target` once the block has ended without an error.

    Raises FileExistsError, before the block, where there is one already, unless `force` replaces
    it.
    """
    if force and target.exists() and not target.is_file():
        # a device or a pipe takes it as it comes
        with target.open("wb") as device:
            yield device
        return
    if not force and os.path.lexists(target):
        raise FileExistsError(target)
    # a link goes on leading to its file
    target = target.resolve() if force else target
    new = target.parent / f".penguin-tui-{secrets.token_hex(4)}.new"
    try:
        with new.open("xb") as file:
            yield file
        if force:
            new.replace(target)
        else:
            _move_to_free_place(new, target)
    finally:
        new.unlink(missing_ok=True)


def _move_to_free_place(new: Path, target: Path) -> None:
    try:
        target.hardlink_to(new)
    except FileExistsError:
        raise
    except OSError:
        # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        new.rename(target)
