"""What an open workbench holds of the runs that others make beside it."""

import os
from functools import partial
from pathlib import Path

from benchmarks.terminal import Terminal
from engine.kinds import make_spec
from engine.runs.events import Ended
from engine.store.store import Store
from engine.store.writer import RunWriter, claim
from penguin_tui.screens.places import PLACES, Place
from tests.support.patience import PATIENCE
from tests.support.terminal.program import ALONE, Open

BATCH, BATCHES = 50, 12
GROWTH_BYTES = 5_000_000
# all of a run's row but its number
COPY = """
INSERT INTO runs (kind, status, spec, data, target, protocol, created, started, ended, provenance)
SELECT kind, status, spec, data, target, protocol, created, started, ended, provenance
FROM runs WHERE id = 1
"""


def test_six_hundred_runs_made_beside_it_stay_within_five_megabytes(
    home: Path, open_program: Open
) -> None:
    with Store.open(home) as store:
        store.submit(make_spec("train", {"hidden_layers": [64, 64]}))
        record = claim(store, ("train",), {"keras": "3"})
        assert record is not None
        with store.writing() as connection:
            RunWriter(record).write(connection, [Ended(at=record.created, status="finished")])
        terminal = open_program(*ALONE, columns=120, rows=40)
        terminal.wait_for("1 Data", PATIENCE)
        # the screens themselves are made once
        for place in PLACES:
            terminal.press(place.key)
            terminal.wait_for(partial(_stands, terminal, place), PATIENCE)
        terminal.press("6")
        terminal.wait_for("finished", PATIENCE)
        before = 0
        for batch in range(1, BATCHES + 2):
            with store.writing() as connection:
                connection.executemany(COPY, [()] * BATCH)
            newest = f" {1 + batch * BATCH} "
            terminal.wait_for(newest, PATIENCE)
            # the first batch is for what is loaded with the first rows of a table
            before = before or _resident_bytes(terminal.workbench)
        assert _resident_bytes(terminal.workbench) - before < GROWTH_BYTES


def _stands(terminal: Terminal, place: Place) -> bool:
    return any(place.title in text for text in terminal.marked([0]))


def _resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
