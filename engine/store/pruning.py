"""What of old runs can be removed to win room, and its removal.

Live runs, models, results, scores and the count of test evaluations are never
touched: later figures are compared with them.
"""

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.kinds import KINDS
from engine.results.predictions import PREDICTIONS
from engine.store.explain import StoreError, why_unwritable
from engine.store.home import copies_path, is_own_file, private_file, reserve_path
from engine.store.store import Store

log = logging.getLogger("engine")

# of the reserve, several times what a step of `prune` writes; and what counts as plenty, in it
_RESERVE_BYTES = 2 * 1024 * 1024
_PLENTY = 32
_STEP_PAGES = 64

_OLD = "ended IS NOT NULL AND ended < :before"
_REMOVED = f"SELECT id FROM runs WHERE deleted IS NOT NULL AND deleted < :before AND {_OLD}"  # noqa: S608
_VARYING = ", ".join(f"'{kind.name}'" for kind in KINDS.values() if kind.varies)
_TUNED = f"SELECT id FROM runs WHERE kind IN ({_VARYING}) AND {_OLD}"  # noqa: S608
_ENDED = f"SELECT id FROM runs WHERE {_OLD}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that can be removed: in words, of how many runs, and how many bytes it takes."""

    what: str
    runs: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Group:
    what: str
    runs: str
    tables: tuple[str, ...]
    rows: str = "TRUE"


_GROUPS = (
    _Group(
        "everything of removed runs, which then cannot be brought back",
        _REMOVED,
        ("events", "epochs", "artefacts", "checkpoints"),
    ),
    _Group("curves of the trials of sweeps and searches", _TUNED, ("epochs",)),
    _Group("checkpoints of interrupted runs", _ENDED, ("checkpoints",)),
    _Group("predictions of single rows", _ENDED, ("artefacts",), f"name = '{PREDICTIONS}'"),
)


def prunable(store: Store, before: float) -> tuple[Removal, ...]:
    """What runs that ended before a moment (seconds since 1970) have that can go."""
    found = []
    for group in _GROUPS:
        runs, size = set(), 0
        for table in group.tables:
            rows = store.select(
                f"SELECT run, sum(length(body)) AS size FROM {table}"  # noqa: S608 - own
                f" WHERE run IN ({group.runs}) AND {group.rows} GROUP BY run",
                before=before,
            )
            runs |= {row["run"] for row in rows}
            size += sum(row["size"] or 0 for row in rows)
        found.append(Removal(group.what, len(runs), size))
    copies = _unused_copies(store, before)
    found.append(
        Removal("copies of data files that no run uses", 0, sum(p.stat().st_size for p in copies))
    )
    return tuple(removal for removal in found if removal.bytes)


def prune(store: Store, before: float) -> None:
    """Remove what `prunable` lists, and give the room back to the disk.

    On a full disk the first room is that of whole files (copies, the reserve).
    The rest goes in steps, each of which needs less than the last one has won.
    Raises `StoreError` where nothing can be removed: the disk is read-only.
    """
    try:
        for path in _unused_copies(store, before):
            path.unlink()
        reserve_path(store.home).unlink(missing_ok=True)
    except OSError as error:
        cause = why_unwritable(store.home) or str(error.strerror)
        raise StoreError(f"Nothing can be removed: {cause}.", "", cause) from error
    if store.unwritable:
        # there may be room by now for what SQLite needs to write
        with Store.open(store.home) as again:
            if again.unwritable:
                cause = again.unwritable
                raise StoreError(f"The store cannot be made smaller: {cause}.", "", cause)
            _prune_rows(again, before)
    else:
        _prune_rows(store, before)


def _prune_rows(store: Store, before: float) -> None:
    tight = shutil.disk_usage(store.home).free < _PLENTY * _RESERVE_BYTES
    for group in _GROUPS:
        for table in group.tables:
            rows = store.select(
                f"SELECT DISTINCT run FROM {table}"  # noqa: S608 - own names
                f" WHERE run IN ({group.runs}) AND {group.rows}",
                before=before,
            )
            for row in rows:
                with store.writing() as connection:
                    connection.execute(
                        f"DELETE FROM {table} WHERE run = ? AND {group.rows}",  # noqa: S608
                        (row["run"],),
                    )
                if tight:
                    store.give_back(_STEP_PAGES)
    with store.writing() as connection:
        connection.execute("DELETE FROM requests WHERE acknowledged < ?", (before,))
    store.make_giving_back()
    store.give_back(_STEP_PAGES if tight else _PLENTY * _STEP_PAGES)


def keep_reserve(home: Path) -> None:
    """Keep some room on the disk for `prune`, if there is plenty; for an engine that starts."""
    path = reserve_path(home)
    if path.exists() or shutil.disk_usage(home).free < _PLENTY * _RESERVE_BYTES:
        return
    try:
        # not zeros, which some file systems do not store
        private_file(path).write_bytes(os.urandom(_RESERVE_BYTES))
    except OSError as error:
        log.info("no room is kept for 'prune': %s", error)
        path.unlink(missing_ok=True)


def _unused_copies(store: Store, before: float) -> list[Path]:
    """Copies of no run but those that were removed before and cannot be brought back.

    A file that no run ever learnt from was put there by somebody else, and stays.
    """
    rows = store.select(
        "SELECT data, data_sha256, deleted IS NULL OR deleted >= ? AS used FROM runs", before
    )
    known: dict[str, bool] = {}
    for row in rows:
        # what came from standard input is the run's data file itself
        for name in {f"{row['data_sha256']}.csv", Path(row["data"] or "").name}:
            known[name] = known.get(name, False) or bool(row["used"])
    return [
        path
        for path in copies_path(store.home).glob("*.csv")
        if known.get(path.name) is False and is_own_file(path)
    ]


def uses_copy(store: Store, path: Path) -> bool:
    """Whether some run, removed or not, has learnt from the file of this place or content."""
    rows = store.select(
        "SELECT 1 FROM runs WHERE data = ? OR data_sha256 = ? LIMIT 1", str(path), path.stem
    )
    return bool(rows)
