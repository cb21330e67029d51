"""What of old runs can be removed to win room, and its removal.

Live runs, models, results, scores and the count of test evaluations are never
touched: later figures are compared with them.
"""

from dataclasses import dataclass
from pathlib import Path

from engine.kinds import KINDS
from engine.store.home import copies_path, is_own_file
from engine.store.store import Store

_OLD = "ended IS NOT NULL AND ended < :before"
_REMOVED = f"SELECT id FROM runs WHERE deleted IS NOT NULL AND deleted < :before AND {_OLD}"  # noqa: S608
_VARYING = ", ".join(f"'{kind.name}'" for kind in KINDS.values() if kind.varies)
_TUNED = f"SELECT id FROM runs WHERE kind IN ({_VARYING}) AND {_OLD}"  # noqa: S608
_INTERRUPTED = f"SELECT id FROM runs WHERE {_OLD}"  # noqa: S608


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


_GROUPS = (
    _Group(
        "everything of removed runs, which then cannot be brought back",
        _REMOVED,
        ("events", "epochs", "artefacts", "checkpoints"),
    ),
    _Group("curves of the trials of sweeps and searches", _TUNED, ("epochs",)),
    _Group("checkpoints of interrupted runs", _INTERRUPTED, ("checkpoints",)),
)


def prunable(store: Store, before: float) -> tuple[Removal, ...]:
    """What runs that ended before a moment (seconds since 1970) have that can go."""
    found = []
    with store.writing() as connection:
        for group in _GROUPS:
            runs, size = set(), 0
            for table in group.tables:
                rows = connection.execute(
                    f"SELECT run, sum(length(body)) AS size FROM {table}"  # noqa: S608 - own
                    f" WHERE run IN ({group.runs}) GROUP BY run",
                    {"before": before},
                ).fetchall()
                runs |= {row["run"] for row in rows}
                size += sum(row["size"] or 0 for row in rows)
            found.append(Removal(group.what, len(runs), size))
    copies = _unused_copies(store, before)
    found.append(
        Removal("copies of data files that no run uses", 0, sum(p.stat().st_size for p in copies))
    )
    return tuple(removal for removal in found if removal.bytes)


def prune(store: Store, before: float) -> None:
    """Remove what `prunable` lists, and give the room back to the disk."""
    with store.writing() as connection:
        for group in _GROUPS:
            for table in group.tables:
                connection.execute(
                    f"DELETE FROM {table} WHERE run IN ({group.runs})",  # noqa: S608 - own names
                    {"before": before},
                )
        connection.execute("DELETE FROM requests WHERE acknowledged < ?", (before,))
    for path in _unused_copies(store, before):
        path.unlink()
    store.compact()


def _unused_copies(store: Store, before: float) -> list[Path]:
    """Copies of no run but those that were removed before and cannot be brought back.

    A file that no run ever learnt from was put there by somebody else, and stays.
    """
    with store.writing() as connection:
        rows = connection.execute(
            "SELECT data_sha256, max(deleted IS NULL OR deleted >= ?) AS used FROM runs"
            " WHERE data_sha256 IS NOT NULL GROUP BY data_sha256",
            (before,),
        ).fetchall()
    unused = {f"{row['data_sha256']}.csv" for row in rows if not row["used"]}
    return [p for p in copies_path(store.home).glob("*.csv") if p.name in unused and is_own_file(p)]
