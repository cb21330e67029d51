"""What is said of runs side by side, in addition to their figures."""

import json
from pathlib import Path

from engine.comparison.comparison import compared_runs
from engine.store.rows import set_columns
from engine.store.store import Store
from engine.version import TRAINER
from penguin_tui.presentation.comparison.report import comparison_blocks
from tests.support.stored.compared import put_compared


def test_figures_of_an_older_trainer_are_marked(tmp_path: Path) -> None:
    runs = [put_compared(tmp_path, [201]) for _ in range(3)]
    with Store.open(tmp_path) as store:
        with store.writing() as connection:
            for run, trainer in zip(runs, (1, TRAINER, TRAINER), strict=True):
                made_by = json.dumps({"trainer": trainer})
                set_columns(connection, run, provenance=made_by)
        found = compared_runs(store, [store.run(run) for run in runs])
        told = [str(note) for block in comparison_blocks(found) for note in block.notes]
    (line,) = [note for note in told if "older trainer" in note]
    assert "Run 1 was trained by an older trainer" in line
