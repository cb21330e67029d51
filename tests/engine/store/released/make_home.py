"""Makes the home folder that a version leaves, and what that version itself brings its runs to.

    PYTHONPATH=CHECKOUT python make_home.py OUT

CHECKOUT is that version's: the README of each folder made so says which commit. Runs of every kind
are done one after the other, small; then a search is interrupted by the end of its engine, and a
training is paused. In a copy both are resumed, and done once more from the beginning: they have to
come to the same figures.
"""

import json
import os
import random
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from engine.client.process import stop_engine
from engine.client.submission import pause_run, resume_run, submit
from engine.kinds import KINDS, make_spec
from engine.results.decision_rule import DecisionRule
from engine.store.records import RunRecord
from engine.store.store import Store
from engine.version import __version__
from tests.support.stored.released_homes import came_to

WORK = Path(f"/tmp/penguins-{__version__}")
SEEDS = WORK / "seeds.csv"
PATIENCE = 1800.0
SMALL = {"hidden_layers": [6], "epochs": 5}
RATES = {"learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"}}
REPEATED = SMALL | {"epochs": 3, "repeats": 2}
OWN = {
    "data": str(SEEDS), "target": "sort", "group": "field", "sample_weight": "weight",
    "column_types": {"year": "categorical"}, "missing_values": ["auto", "99"],
}  # fmt: skip

FINISHED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("describe", "a look at the penguins", {"exclude": ["island"]}),
    ("describe", "seeds – a look", OWN),
    ("baseline", "to beat", {"target": "sex", "inverse_regularization": 0.5}),
    ("train", "two classes", SMALL | {"target": "sex", "rare_classes": "exclude"}),
    ("train", "seeds", OWN | SMALL | {"class_weight": "balanced", "optimizer": "adamw"}),
    ("train", "as published", SMALL | {"protocol": "as_published", "dropout": 0.3}),
    ("sweep", "how wide", REPEATED | {"vary": {"units": {"values": [2, 5]}}}),
    ("random_search", "drawn", SMALL | {"vary": RATES, "max_trials": 3, "folds": 2}),
    (
        "grid_search", "every one, nested",
        SMALL | {"vary": {"layers": {"values": [1, 2]}}, "folds": 2, "outer_folds": 2},
    ),
    ("hyperband", "rungs", SMALL | {"vary": RATES, "max_epochs": 4, "factor": 2}),
    ("evaluate", "on many splits", REPEATED | {"folds": 2, "models": ["network", "logistic"]}),
    ("learning_curve", "more rows", REPEATED | {"sizes": 4}),
    ("leaks", "each leak", SMALL | {"epochs": 3, "splits": 2, "tried": 2}),
    ("influence", "row by row", SMALL | {"epochs": 2, "repeats": 2}),
    ("reproduce", "the whole post, quickly", {"quick": True, "seeds": 1}),
)  # fmt: skip
# trained row by row, so that they take their time and have few epochs to store
SLOW = {"hidden_layers": [8], "dropout": 0.2, "batch_size": 1, "seed": 5}
INTERRUPTED = SLOW | {"epochs": 40, "folds": 2, "max_trials": 4, "vary": RATES}
PAUSED = SLOW | {"epochs": 2000, "schedule": {"name": "step_decay", "factor": 0.5, "every": 500}}


def make(store: Store) -> None:
    """Do every run, in the order of their numbers."""
    for kind, name, fields in FINISHED:
        # 0.5.0 does not know every kind of today
        if kind in KINDS:
            done(store, submit(store, make_spec(kind, fields), name=name))
    assert {kind for kind, _, _ in FINISHED} >= set(KINDS)
    two = number(store, "two classes")
    store.annotate(two, "the first one; 95 % is easy")
    store.set_tags(two, ["keep", "two"])
    store.set_decision_rule(two, DecisionRule(temperature=1.5, positive="Male", threshold=0.4))
    store.delete(number(store, "as published"))

    search = submit(store, make_spec("random_search", INTERRUPTED), name="drawn, and interrupted")
    await_(store, lambda: store.run(search).epochs_run > 100)
    stop_engine(store.home)
    expect(store.run(search), "interrupted")
    training = submit(store, make_spec("train", PAUSED), name="paused")
    await_(store, lambda: store.run(training).epochs_run > 100)
    pause_run(store, training)
    await_(store, lambda: store.run(training).status != "running")
    stop_engine(store.home)
    expect(store.run(training), "paused")


def resumed(store: Store) -> dict[int, dict[str, Any]]:
    """What the two that were cut off come to; they are done from the beginning as well."""
    found = {}
    for record in store.runs():
        if record.status in ("interrupted", "paused"):
            resume_run(store, record.id)
            again = submit(store, record.spec, name=record.name)
            done(store, record.id)
            done(store, again)
            found[record.id], whole = came_to(store, record.id), came_to(store, again)
            different = [name for name in whole if whole[name] != found[record.id][name]]
            if different not in ([], ["message"]):
                raise SystemExit(f"run {record.id} comes to others than done at once: {different}")
    return found


def await_(store: Store, reached: Any) -> None:
    """Until `reached` is true."""
    if not store.wait_for(reached, PATIENCE):
        raise SystemExit("it never came to what was waited for")


def done(store: Store, run: int) -> None:
    """Until the run has finished."""
    await_(store, lambda: not store.run(run).live)
    expect(store.run(run), "finished")
    print(f"run {run}: {store.run(run).kind} finished", flush=True)


def expect(record: RunRecord, status: str) -> None:
    """End everything when a run is not what it should be."""
    if record.status != status:
        raise SystemExit(f"run {record.id} is {record.status}, not {status}: {record.message}")


def number(store: Store, name: str) -> int:
    """The run of that name."""
    return next(record.id for record in store.runs() if record.name == name)


def write_seeds() -> None:
    """Seeds of two sorts from twelve fields, some weights missing as 99."""
    chance = random.Random(0)
    lines = ["length,width,year,field,weight,sort"]
    for i in range(60):
        length = chance.gauss(5 + i % 2, 0.6)
        cells = [f"{length:.2f}", f"{chance.gauss(3, 0.4):.2f}" if i % 9 else "99"]
        cells += [str(2020 + i % 3), f"field {i // 5}", f"{1 + i % 4}", ("oat", "rye")[i % 2]]
        lines.append(",".join(cells))
    SEEDS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def keep(home: Path, out: Path) -> None:
    """What of a home folder belongs to it when no engine is there, as small as it can be."""
    with closing(sqlite3.connect(home / "penguin-tui.sqlite3")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name in ("penguin-tui.sqlite3", "data"):
        copy = shutil.copytree if (home / name).is_dir() else shutil.copy2
        copy(home / name, out / name)


def main() -> None:
    """Make the folder and what is expected of it."""
    out = Path(sys.argv[1]).absolute()
    out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(WORK, ignore_errors=True)
    for name in ("home", "copy"):
        (WORK / name).mkdir(parents=True, mode=0o700)
    write_seeds()
    os.environ |= {"PENGUIN_TUI_THREADS": "2", "PENGUIN_TUI_IDLE_SECONDS": "60"}
    with Store.open(WORK / "home") as store:
        make(store)
        runs = store.runs(include_deleted=True)
        found = {
            record.id: came_to(store, record.id) | {"deleted": record.deleted is not None}
            for record in runs
        }
        provenance = runs[0].provenance
    keep(WORK / "home", out)
    keep(out, WORK / "copy")
    with Store.open(WORK / "copy") as store:
        ends = resumed(store)
        stop_engine(store.home)
    made_with = provenance | {"host": "", "penguin_tui": __version__}
    expected = {"made_with": made_with, "runs": found, "resumed": ends}
    text = json.dumps(expected, ensure_ascii=False, allow_nan=False)
    (out / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
