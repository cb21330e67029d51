"""A run comes into another home as it was."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from engine import load_run
from engine.exports.csv_tables import state_of
from engine.sources.files import locate
from engine.store.store import Store
from tests.support.engine.exports import bring


def test_a_run_comes_into_another_home_as_it_was(home: Path, bundle: Path, other: Path) -> None:
    run = bring(other, bundle)
    with Store.open(home) as store, Store.open(other) as elsewhere:
        ours, theirs = store.run(1), elsewhere.run(run)
        for name in ("name", "kind", "status", "metrics", "spec", "test_set_id", "data_sha256",
                     "created", "ended", "decision_rule", "provenance", "parameters"):  # fmt: skip
            assert getattr(theirs, name) == getattr(ours, name), name
        assert state_of(elsewhere, theirs).result == state_of(store, ours).result
        # the evaluation that it has had goes on being counted
        assert theirs.test_evaluations == 1
        notes = [note.text for note in state_of(elsewhere, theirs).notes]
        assert any("Brought in from a bundle of run 1" in text for text in notes)
    frame = pd.read_csv(locate("penguins"))
    np.testing.assert_array_equal(
        load_run(run, other).predict_proba(frame), load_run(1, home).predict_proba(frame)
    )


def test_an_evaluation_that_a_home_knows_is_not_counted_once_more(
    home: Path, bundle: Path, other: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(home, own)
    with Store.open(own) as store:
        before = store.run(1).test_evaluations
    runs = [(own, bring(own, bundle)), (other, bring(other, bundle)), (other, bring(other, bundle))]
    for folder, run in runs:
        with Store.open(folder) as store:
            assert store.run(run).test_evaluations == (before if folder == own else 1)
            assert store.run(1).test_evaluations == store.run(run).test_evaluations
