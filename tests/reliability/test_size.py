"""What a run leaves behind: in the store, and in the memory of the engine."""

import sqlite3
from pathlib import Path

from engine.client.submission import submit
from engine.kinds import make_spec
from engine.store.home import store_path
from engine.store.store import Store
from tests.support.engine.processes import wait_until

RUNS = 20
STORE_BYTES = 60_000


def test_a_training_of_thirty_epochs_takes_less_than_sixty_kilobytes(store: Store) -> None:
    spec = {"epochs": 30, "hidden_layers": [100, 100]}
    _finished(store, submit(store, make_spec("train", spec)))
    before = _used_bytes(store.home)
    runs = [submit(store, make_spec("train", spec | {"seed": seed})) for seed in range(RUNS)]
    for run in runs:
        _finished(store, run)
    assert (_used_bytes(store.home) - before) / RUNS < STORE_BYTES
    for run in runs:
        assert store.artefact(run, "model.keras")
        assert store.run(run).epochs_run == spec["epochs"]


def _finished(store: Store, run: int) -> None:
    wait_until(store, lambda: not store.run(run).live)
    assert store.run(run).status == "finished"


def _used_bytes(home: Path) -> int:
    """Of the pages of the store that hold something."""
    connection = sqlite3.connect(store_path(home))
    try:
        names = ("page_count", "freelist_count", "page_size")
        pages, free, size = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in names
        )
    finally:
        connection.close()
    return (pages - free) * size
