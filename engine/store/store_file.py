"""The file under the store: opened, waited for, written in one transaction, kept small.

One SQLite file in WAL mode. Every write is a `BEGIN IMMEDIATE` transaction:
deferred ones that read and then write fail when ten processes start at once.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from engine.store.connection import connect
from engine.store.explain import explained, lost_store
from engine.store.home import identity, store_path
from engine.store.migration import remove_backup
from engine.store.wake import Waiter, wake_all

T = TypeVar("T")

# who waits looks this often without being woken: somebody may have been unable to wake
HEARTBEAT_SECONDS = 1.0


class StoreFile:
    """One open file; it belongs to the thread that opened it. Errors come as `StoreError`."""

    def __init__(self, home: Path, connection: sqlite3.Connection, unwritable: str = "") -> None:
        self.home = home
        # why nothing can be written, where it is open for reading alone
        self.unwritable = unwritable
        self._connection = connection
        self._file = identity(store_path(home))
        self._waiter: Waiter | None = None

    @classmethod
    def open(cls, home: Path) -> Self:
        """Open the store of a home folder, made if it is not there."""
        return cls(home, *connect(home))

    def close(self) -> None:
        """Give the file back."""
        if self._waiter is not None:
            self._waiter.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def set_patience(self, seconds: float) -> None:
        """Wait at most so long for another program that holds the file."""
        self._connection.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Wait at most so long inside the block."""
        (before,) = self._connection.execute("PRAGMA busy_timeout").fetchone()
        self.set_patience(seconds)
        try:
            yield
        finally:
            self.set_patience(before / 1000)

    def check_file(self) -> None:
        """Raise a `StoreError` when the file that is open is not the store any more."""
        now = identity(store_path(self.home))
        if now != self._file:
            change = "removed" if now is None else "replaced by another file"
            raise lost_store(self.home, f"it was {change} while it was in use")

    def select(self, query: str, *values: Any, **named: Any) -> list[sqlite3.Row]:
        """The rows of a SELECT; for the modules of this package."""
        with explained(self.home):
            return self._connection.execute(query, named or values).fetchall()

    @property
    def shares_memory(self) -> bool:
        """Whether reading and writing do not wait for each other (SQLite's WAL mode)."""
        with explained(self.home):
            mode = self._connection.execute("PRAGMA journal_mode").fetchone()[0]
        return str(mode) == "wal"

    def version(self) -> int:
        """A number that changes whenever anybody has written, this store included."""
        with explained(self.home):
            others = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        return (others << 40) + self._connection.total_changes

    # -- waiting ----------------------------------------------------------------------------

    @property
    def waiter(self) -> Waiter:
        """Where to wait for what others write; made when it is first needed."""
        if self._waiter is None:
            self._waiter = Waiter(self.home)
        return self._waiter

    def wait_for(self, reached: Callable[[], T], seconds: float) -> T:
        """What `reached` returns once that is true, or returns when `seconds` have passed.

        It is called after each change of the store and when the engine has ended.
        """
        waiter, deadline = self.waiter, time.monotonic() + seconds
        while not (found := reached()):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            waiter.wait(min(left, HEARTBEAT_SECONDS))
        return found

    # -- transactions ------------------------------------------------------------------------

    @contextmanager
    def writing(self, *, wake: bool = True) -> Iterator[sqlite3.Connection]:
        """One immediate transaction, undone when the body raises; then all who wait are woken."""
        before = self._connection.total_changes
        with explained(self.home):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # on a full disk SQLite may have undone it already
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        if wake and self._connection.total_changes != before:
            wake_all(self.home, but=self._waiter)

    # -- room on the disk ---------------------------------------------------------------------

    def give_back(self, pages: int) -> None:
        """Give the room of what was removed back to the disk, so many pages at a time.

        For each page up to three are written before its room is won.
        """
        with explained(self.home):
            while True:
                self.truncate_log()
                (free,) = self._connection.execute("PRAGMA freelist_count").fetchone()
                if not free or not self._gives_back:
                    return
                self._connection.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()

    def truncate_log(self) -> None:
        """Move what is in the write-ahead log into the file itself, where it takes no new room."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @property
    def _gives_back(self) -> bool:
        """Whether free pages can go back; not in a store that was made before 0.2.0."""
        return bool(self._connection.execute("PRAGMA auto_vacuum").fetchone()[0])

    def make_giving_back(self) -> None:
        """Let a store that was made before 0.2.0 give room back; takes as much as it has itself."""
        if not self._gives_back:
            with explained(self.home):
                self._connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                self._connection.execute("VACUUM")

    def remove_backup(self) -> None:
        """Let the copy from before a migration go, if the store is sound; for a starting engine."""
        with explained(self.home):
            remove_backup(self._connection, store_path(self.home))
