"""Makes a home folder as one version of penguin-tui writes it, for the tests of later ones.

    PYTHONPATH=CHECKOUT python make_home.py home OUT
    PYTHONPATH=CHECKOUT python make_home.py expect OUT

CHECKOUT is the version that is to write the folder, `python` one that has what
it depends on. `home` makes OUT/home with runs of every kind, some of them cut
off in the middle. `expect` lets the same version bring these to their end, in
copies, and writes OUT/expected.json. What the folder is made in, and the CSV
files of the runs, lie in WORK: their paths are stored with the runs.

All is done with the program's own commands, but for a run's parent, a candidate
that is skipped and what the workbench remembers, for which there is none; what
goes on meanwhile is read from the store.
"""

import hashlib
import json
import math
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

WORK = Path("/tmp/penguins-fixture")
APPLES = WORK / "apples.csv"
ONE_CLASS = WORK / "one-class.csv"
STORE = "penguin-tui.sqlite3"
ENVIRONMENT = {
    "PENGUIN_TUI_THREADS": "2",
    "PENGUIN_TUI_WORKERS": "3",
    "PENGUIN_TUI_IDLE_SECONDS": "60",
}
PATIENCE = 900.0

# -- the runs ---------------------------------------------------------------------------------

# how a spreadsheet in Germany writes a CSV file
DIALECT = {
    "delimiter": ";",
    "quote": '"',
    "encoding": "cp1252",
    "decimal": ",",
    "header": "yes",
    "column_types": {"Jahr": "categorical"},
}
OWN = {"data": str(APPLES), "target": "Sorte", "leave_out": ["Baum"]}
SPLIT = {"validation_share": 0.25, "test_share": 0.15, "split_seed": 3}
SMALL = {"hidden_layers": [6], "epochs": 5}
TRAIN = "train"

# what is done first, one after the other: kind, name, fields
FINISHED: list[tuple[str, str, dict[str, Any]]] = [
    (
        "describe",
        "a look at the penguins",
        {"leave_out": ["island"], "missing_categories": "own_category"},
    ),
    ("describe", "Äpfel – ein Überblick", OWN | DIALECT),
    (
        "baseline",
        "to beat",
        SPLIT
        | {
            "missing_categories": "own_category",
            "imputation": "median",
            "scaling": "min_max",
            "category_encoding": "ordinal",
            "inverse_regularization": 0.5,
            "max_iterations": 500,
        },
    ),
    ("baseline", "to beat, as published", {"protocol": "as_published", "test_share": 0.3}),
    (TRAIN, "plain", SMALL),
    (
        TRAIN,
        "all there is",
        SPLIT
        | {
            "features": ["island", "bill_length_mm", "bill_depth_mm", "sex"],
            "hidden_layers": [10, 6],
            "activation": "tanh",
            "initializer": "glorot_normal",
            "dropout": [0.1, 0.2],
            "kernel_l1": 0.0005,
            "kernel_l2": [0.0, 0.001],
            "activity_l1": [0.0001, 0.0],
            "activity_l2": 0.0001,
            "learning_rate": 0.02,
            "schedule": {
                "name": "cosine_restarts",
                "first_decay_steps": 60,
                "t_mul": 1.5,
                "m_mul": 0.8,
                "alpha": 0.01,
            },
            "epochs": 60,
            "batch_size": 12,
            "early_stopping": {
                "monitor": "val_loss",
                "min_delta": 0.002,
                "patience": 4,
                "restore_best": True,
            },
            "class_weight": "balanced",
            "seed": 7,
        },
    ),
    (
        TRAIN,
        "step decay, as published",
        SMALL
        | {
            "protocol": "as_published",
            "category_encoding": "ordinal",
            "hidden_layers": [8, 8],
            "dropout": 0.3,
            "dropout_after": "last",
            "learning_rate": 0.1,
            "schedule": {"name": "step_decay", "factor": 0.5, "every": 2},
            "epochs": 8,
            "early_stopping": {"monitor": "accuracy", "patience": 2, "restore_best": False},
        },
    ),
    (
        TRAIN,
        "Äpfel",
        OWN
        | DIALECT
        | SPLIT
        | SMALL
        | {
            "missing_categories": "own_category",
            "optimizer": "adamw",
            "weight_decay": 0.01,
            "learning_rate": 0.03,
            "schedule": {
                "name": "exponential",
                "factor": 0.9,
                "decay_steps": 20,
                "staircase": True,
            },
            "epochs": 12,
        },
    ),
    (
        "sweep",
        "how wide",
        SMALL
        | {"vary": {"units": {"low": 2, "high": 8, "step": 3}}, "repeats": 2, "batch_size": 8},
    ),
    (
        "sweep",
        "which optimizer, as published",
        SMALL
        | {
            "protocol": "as_published",
            "vary": {"optimizer": {"values": ["adam", "sgd", "rmsprop"]}},
            "momentum": 0.5,
            "repeats": 2,
            "learning_rate": 0.01,
        },
    ),
    (
        "random_search",
        "drawn",
        SMALL
        | {
            "vary": {
                "learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"},
                "epochs": {"low": 3, "high": 8},
                "activation": {"values": ["relu", "tanh"]},
            },
            "candidates": 4,
            "folds": 2,
        },
    ),
    (
        "random_search",
        "drawn, as published",
        SMALL
        | {
            "protocol": "as_published",
            "vary": {
                "learning_rate": {"low": 0.001, "high": 0.011},
                "batch_size": {"low": 2, "high": 15},
            },
            "candidates": 3,
            "folds": 3,
            "early_stopping": {"patience": 3},
        },
    ),
    (
        "grid_search",
        "every one",
        SMALL
        | SPLIT
        | {
            "hidden_layers": [4],
            "vary": {"layers": {"values": [1, 2]}, "learning_rate": {"values": [0.005, 0.05]}},
            "folds": 2,
        },
    ),
    (
        "hyperband",
        "rungs",
        SMALL
        | {
            "vary": {
                "learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"},
                "dropout": {"values": [0.0, 0.2, 0.4]},
            },
            "max_epochs": 9,
            "factor": 3,
        },
    ),
    (
        "hyperband",
        "rungs, as published",
        SMALL
        | {
            "protocol": "as_published",
            "hidden_layers": [6, 6],
            "vary": {"first_layer_units": {"low": 3, "high": 9}},
            "schedule": {"name": "cosine_restarts", "first_decay_steps": 50},
            "learning_rate": 0.1,
            "max_epochs": 4,
            "factor": 2,
        },
    ),
    ("reproduce", "the whole post, quickly", {"quick": True, "seeds": 1, "seed": 0}),
]

# trained row by row, so that they take their time and have few epochs to store
SLOW = {"hidden_layers": [8], "dropout": 0.2, "batch_size": 1, "seed": 5}
RATES = {"learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"}}

# these lose their engine, which is killed
LOST: list[tuple[str, str, dict[str, Any]]] = [
    (
        "random_search",
        "drawn, and lost",
        SLOW | {"epochs": 60, "folds": 2, "candidates": 10, "vary": RATES},
    ),
    (
        "sweep",
        "how wide, and lost",
        SLOW | {"epochs": 60, "repeats": 2, "vary": {"units": {"low": 4, "high": 32, "step": 4}}},
    ),
    (
        TRAIN,
        "lost",
        SLOW
        | {
            "epochs": 800,
            "optimizer": "sgd",
            "momentum": 0.9,
            "class_weight": "balanced",
            "schedule": {"name": "cosine_restarts", "first_decay_steps": 20000, "alpha": 0.1},
        },
    ),
]
# these are at work when the engine is asked to end
INTERRUPTED: list[tuple[str, str, dict[str, Any]]] = [
    (
        "hyperband",
        "rungs, and interrupted",
        SLOW | {"max_epochs": 27, "factor": 3, "vary": RATES},
    ),
    (
        "grid_search",
        "every one, and interrupted",
        SLOW
        | {
            "epochs": 60,
            "folds": 2,
            "vary": {
                "learning_rate": {"values": [0.001, 0.003, 0.01, 0.03]},
                "kernel_l2": {"values": [0.0, 0.001]},
            },
        },
    ),
]
PAUSED: tuple[str, str, dict[str, Any]] = (
    TRAIN,
    "paused",
    SLOW
    | SPLIT
    | {
        "epochs": 900,
        "kernel_l2": 0.0001,
        "learning_rate": 0.002,
        "schedule": {"name": "step_decay", "factor": 0.5, "every": 250},
        "early_stopping": {"monitor": "val_loss", "patience": 900},
    },
)


def make(home: Path) -> None:
    """Do every run, in the order of their numbers."""
    for kind, name, fields in FINISHED:
        run = submit(home, kind, name, fields)
        wait(home, run)
        expect_status(home, run, "finished")
    again = with_parent(home, number(home, "Äpfel"), "Äpfel, taken further")
    expect_status(home, again, "finished")
    command(home, "note", str(number(home, "plain")), "the first one; 95 % is easy")

    # weights that double, with the other sign, in every step
    grown = {"optimizer": "sgd", "learning_rate": 1, "kernel_l2": 1.5, "epochs": 30}
    run = submit(home, TRAIN, "too fast", SMALL | grown)
    wait(home, run)
    expect_status(home, run, "diverged")
    run = submit(home, TRAIN, "of one class", SMALL | {"data": str(ONE_CLASS), "target": "label"})
    wait(home, run)
    expect_status(home, run, "failed")
    run = submit(home, TRAIN, "a mistake", SMALL | {"epochs": 2})
    wait(home, run)
    command(home, "rm", str(run))

    run = submit(home, "random_search", "drawn, one skipped", LOST[0][2] | {"candidates": 3})
    wait(home, run, lambda: done(home, run) >= 1)
    skip(home, run)
    wait(home, run)
    expect_status(home, run, "finished")
    run = stopped(home, TRAIN, "stopped, and resumed", SLOW | {"epochs": 1500})
    command(home, "resume", str(run))
    wait(home, run)
    expect_status(home, run, "finished")
    stopped(home, TRAIN, "stopped", SLOW | {"epochs": 1500})
    stopped(home, "random_search", "drawn, and stopped", LOST[0][2] | {"candidates": 6})

    lost = [submit(home, *wanted) for wanted in LOST]
    wait(home, lost, lambda: all(in_the_middle(home, run) for run in lost))
    kill_engine(home)
    command(home, "runs")  # whoever looks at the runs next says that they are lost
    for run in lost:
        expect_status(home, run, "lost")

    # while the engine loads its libraries nothing has begun
    run = submit(home, TRAIN, "stopped before it began", SMALL)
    command(home, "stop", str(run))
    expect_status(home, run, "stopped")
    interrupted = [submit(home, *wanted) for wanted in INTERRUPTED]
    wait(home, interrupted, lambda: all(in_the_middle(home, run) for run in interrupted))
    command(home, "engine", "stop")
    for run in interrupted:
        expect_status(home, run, "interrupted")

    paused = submit(home, *PAUSED)
    wait(home, paused, lambda: in_the_middle(home, paused))
    command(home, "pause", str(paused))
    command(home, "engine", "stop")
    expect_status(home, paused, "paused")
    remember_the_workbench(home)


def stopped(home: Path, kind: str, name: str, fields: dict[str, Any]) -> int:
    """A run that is stopped when there is something to show for it."""
    run = submit(home, kind, name, fields)
    epochs = 100 if kind == TRAIN else math.inf
    wait(home, run, lambda: done(home, run) >= 2 or seen(home, run)["epochs_run"] >= epochs)
    command(home, "stop", str(run))
    expect_status(home, run, "stopped")
    return run


def with_parent(home: Path, parent: int, name: str) -> int:
    """A run that says which one it comes from: there is a column for it, but no command."""
    code = (
        "import json, sys; from engine.client import follow, submit; from engine.home import home;"
        " from engine.specs import make_spec; from engine.store import Store\n"
        "with Store.open(home()) as store:\n"
        "    fields, name, parent = json.loads(sys.argv[1]), sys.argv[2], int(sys.argv[3])\n"
        "    run = submit(store, make_spec('train', fields), name=name, parent=parent)\n"
        "    list(follow(store, run)); print(run)"
    )
    fields = OWN | SMALL | {"optimizer": "rmsprop", "momentum": 0.2, "activation": "gelu"}
    return int(program(home, "-c", code, json.dumps(fields), name, str(parent)))


def skip(home: Path, run: int) -> None:
    """What a key does in the workbench: the candidate at work is left."""
    code = (
        "import sys; from engine.home import home; from engine.store import Store\n"
        "with Store.open(home()) as store: store.request(int(sys.argv[1]), 'skip')"
    )
    program(home, "-c", code, str(run))


def remember_the_workbench(home: Path) -> None:
    """The theme and the data that a person chose last, as leaving the workbench keeps them."""
    data = {"data": "penguins", "target": "species", "protocol": "strict"} | SPLIT
    settings = {"theme": "penguin-light", "data": data | {"missing_categories": "most_frequent"}}
    code = (
        "import json, sys; from engine.home import home;"
        " from penguin_tui.settings import save_settings;"
        " save_settings(home(), json.loads(sys.argv[1]))"
    )
    program(home, "-c", code, json.dumps(settings))


def write_csv_files() -> None:
    """Apples, with a missing value here and there; and a file that nothing can be learnt from."""
    WORK.mkdir(exist_ok=True)
    chance = random.Random(0)
    sorts = {"Boskoop": (82.0, 210.0), "Elstar": (70.0, 150.0), "Jonagold": (86.0, 240.0)}
    colours = {"Boskoop": "rötlich", "Elstar": "rot", "Jonagold": "grünlich"}
    rows = ['"Baum";"Größe (mm)";"Gewicht (g)";"Farbe";"Jahr";"Sorte"']
    for i in range(90):
        sort = list(sorts)[i % 3]
        size, weight = (chance.gauss(mean, mean / 12) for mean in sorts[sort])
        colour = colours[sort] if chance.random() < 0.6 else "gelb"
        cells = [f"{size:.1f}", f"{weight:.0f}", f'"{colour}"', str(2020 + i % 2), f'"{sort}"']
        for cell, share in ((0, 0.05), (2, 0.1)):
            cells[cell] = "" if chance.random() < share else cells[cell]
        rows.append(";".join([f'"B{i + 1:02}"', *cells]).replace(".", ","))
    APPLES.write_text("\r\n".join(rows) + "\r\n", encoding="cp1252", newline="")
    ONE_CLASS.write_text("x,label\n" + "".join(f"{i},same\n" for i in range(30)))


# -- using the program ------------------------------------------------------------------------


def program(home: Path, *words: str, told: str | None = None, code: int | None = 0) -> str:
    """What Python prints when it is called like this, on that home folder."""
    environment = os.environ | ENVIRONMENT | {"PENGUIN_TUI_HOME": str(home)}
    found = subprocess.run(
        [sys.executable, *words], input=told, capture_output=True, text=True, check=False,
        env=environment, cwd=WORK,
    )  # fmt: skip
    if code is not None and found.returncode != code:
        raise SystemExit(f"{words} ended with {found.returncode}:\n{found.stdout}{found.stderr}")
    return found.stdout


def command(home: Path, *words: str, told: str | None = None, code: int | None = 0) -> str:
    """What `penguin-tui` prints."""
    shown = " ".join(words)
    print(f"penguin-tui {shown}", *([told] if told else []), flush=True)
    return program(home, "-m", "penguin_tui", *words, told=told, code=code)


def submit(home: Path, kind: str, name: str, fields: dict[str, Any]) -> int:
    """A new run, which goes on by itself."""
    words = ("run", kind, "--spec", "-", "--name", name, "--detach", "--json", "--quiet")
    return int(json.loads(command(home, *words, told=json.dumps(fields)))["run"])


def wait(
    home: Path, runs: int | Sequence[int], reached: Callable[[], object] | None = None
) -> None:
    """Until the runs have ended, or it has come to something that they must not outrun."""
    wanted = [runs] if isinstance(runs, int) else list(runs)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ended = [run for run in wanted if seen(home, run)["ended"] is not None]
        if reached is None and len(ended) == len(wanted):
            return
        if reached is not None and ended:
            raise SystemExit(f"too late: {ended} ended before it came to what was waited for")
        if reached is not None and reached():
            return
        time.sleep(0.5 if reached is None else 0.02)
    raise SystemExit(f"it never came to what was waited for: {wanted}")


def in_the_middle(home: Path, run: int) -> bool:
    """Whether a run has done so much that there is something to go on from."""
    row = seen(home, run)
    if row["kind"] != TRAIN:
        # of Hyperband some that were promoted already
        return done(home, run, "%rung 1" if row["kind"] == "hyperband" else "%") >= 3
    kept = rows(home, "SELECT epoch FROM checkpoints WHERE run = ?", run)
    # and some epochs after the checkpoint, which are to be done again
    return bool(kept) and row["epochs_run"] > kept[0]["epoch"] > row["epochs_planned"] / 10


def done(home: Path, run: int, group: str = "%") -> int:
    """How many trials are finished."""
    query = "SELECT * FROM trials WHERE run = ? AND status = 'finished' AND group_name LIKE ?"
    return len(rows(home, query, run, group))


def expect_status(home: Path, run: int, status: str) -> None:
    """End everything when a run is not what it should be."""
    found = seen(home, run)
    if found["status"] != status:
        raise SystemExit(f"run {run} is {found['status']}, not {status}: {found['message']}")


def number(home: Path, name: str) -> int:
    """The run of that name."""
    return int(rows(home, "SELECT id FROM runs WHERE name = ?", name)[0]["id"])


def kill_engine(home: Path) -> None:
    """As the system does when it needs the memory."""
    pid = json.loads(command(home, "engine", "status", "--json"))["pid"]
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)


@contextmanager
def home_folder(path: Path, copy_of: Path | None = None) -> Iterator[Path]:
    """A new home folder; its engine ends whatever happens."""
    shutil.rmtree(path, ignore_errors=True)
    if copy_of is not None:
        shutil.copytree(copy_of, path)
    try:
        yield path
    finally:
        program(path, "-m", "penguin_tui", "engine", "stop", code=None)


def keep(home: Path, out: Path) -> None:
    """What of a home folder belongs to it when no engine is there, as small as it can be."""
    with closing(sqlite3.connect(home / STORE)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.execute("VACUUM")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert store.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(mode=0o700, parents=True)
    for name in (STORE, "workbench.json", "data"):
        copy = shutil.copytree if (home / name).is_dir() else shutil.copy2
        copy(home / name, out / name)


# -- reading the store ------------------------------------------------------------------------


def rows(home: Path, query: str, *values: Any) -> list[sqlite3.Row]:
    """What the store has, read without the program."""
    with closing(sqlite3.connect(f"file:{home / STORE}?mode=ro", uri=True)) as store:
        store.row_factory = sqlite3.Row
        return store.execute(query, values).fetchall()


def seen(home: Path, run: int) -> dict[str, Any]:
    """A run's row."""
    return dict(rows(home, "SELECT * FROM runs WHERE id = ?", run)[0])


def figures(home: Path, run: int) -> dict[int, list[tuple[float, ...]]]:
    """The figures of every training, epoch after epoch, without the seconds.

    Each is loss, accuracy, val_loss, val_accuracy, learning_rate. A block holds six
    columns of as many little-endian doubles as it has epochs, the seconds last.
    """
    query = "SELECT trial, body FROM epochs WHERE run = ? ORDER BY trial, first"
    found: dict[int, list[tuple[float, ...]]] = {}
    for row in rows(home, query, run):
        numbers = struct.unpack(f"<{len(row['body']) // 8}d", row["body"])
        size = len(numbers) // 6
        columns = [numbers[i * size : (i + 1) * size] for i in range(5)]
        found.setdefault(row["trial"], []).extend(zip(*columns, strict=True))
    return found


ROW = (
    "kind", "name", "note", "status", "parent", "data", "target", "protocol", "message", "hint",
    "epochs_planned", "epochs_run", "parameters", "best_val_accuracy", "sealed_part",
    "data_sha256",
)  # fmt: skip
RESULT = (
    "epochs_run", "epoch_kept", "stopped_because", "setting", "points", "best", "chosen",
    "best_trial", "best_settings", "settings_used", "selection_score", "selection_std",
    "epochs_spent", "note", "scores", "coefficients", "intercepts", "iterations", "converged",
    "conclusion", "difference",
)  # fmt: skip


def came_to(home: Path, run: int) -> dict[str, Any]:
    """What a run came to, or how it stands."""
    row = seen(home, run)
    found = {name: row[name] for name in ROW}
    found |= {"deleted": row["deleted"] is not None, "metrics": json.loads(row["metrics"])}
    query = "SELECT body FROM events WHERE run = ? ORDER BY number"
    events = [json.loads(event["body"]) for event in rows(home, query, run)]
    # a run that has been resumed has had an end before
    last = max((i for i, e in enumerate(events) if e["type"] == "resumed"), default=0)
    results = [event["result"] for event in events[last:] if event["type"] == "finished"]
    result = results[-1] if results else None
    found["result"] = result and {name: result[name] for name in RESULT if name in result}
    if row["kind"] != TRAIN:
        query = "SELECT * FROM trials WHERE run = ? ORDER BY trial"
        found["trials"] = [
            {
                "trial": trial["trial"],
                "status": trial["status"],
                "group": trial["group_name"],
                "settings": json.loads(trial["settings"]),
                "settings_used": json.loads(trial["settings_used"]),
                "scores": json.loads(trial["scores"]),
                "epochs": trial["epochs"],
            }
            for trial in rows(home, query, run)
        ]
    epochs = figures(home, run)
    packed = (struct.pack("<5d", *epoch) for key in sorted(epochs) for epoch in epochs[key])
    found["figures"] = {
        "trainings": len(epochs),
        "epochs": sum(len(training) for training in epochs.values()),
        "sha256": hashlib.sha256(b"".join(packed)).hexdigest(),
        # a figure that does not exist, of a training without validation rows, is null
        "last": {
            str(key): [None if math.isnan(figure) else figure for figure in training[-1]]
            for key, training in sorted(epochs.items())
        },
    }
    return found


# -- what it has to come to -------------------------------------------------------------------

# what is the run's own; all the rest has to be the same for the same spec
OWN_TO_A_RUN = ("name", "note", "parent", "hint")


def expect(home: Path, out: Path) -> None:
    """Bring the runs that were cut off to their end, twice, and do them once from the beginning."""
    cut = [
        row["id"]
        for row in rows(home, "SELECT id, status FROM runs ORDER BY id")
        if row["status"] in ("lost", "interrupted", "stopped", "paused")
    ]
    resumed = [_resumed(home, cut, WORK / name) for name in ("once", "twice")]
    whole = _from_the_beginning(home, cut, WORK / "whole")
    for run in cut:
        first, second = resumed[0][run], resumed[1][run]
        _same(f"run {run}, resumed twice", first, second)
        _same(f"run {run}, resumed and not cut off", first, whole[run], without=OWN_TO_A_RUN)
    one = json.loads(seen(home, 1)["provenance"])
    found = {
        "made_with": one,
        "cut_off": {
            str(run): {
                "status": seen(home, run)["status"],
                "finished_trials": done(home, run),
                "checkpoints": {
                    str(row["trial"]): row["epoch"]
                    for row in rows(home, "SELECT * FROM checkpoints WHERE run = ?", run)
                },
            }
            for run in cut
        },
        "runs": {
            str(row["id"]): came_to(home, row["id"])
            for row in rows(home, "SELECT id FROM runs ORDER BY id")
        },
        "resumed": {str(run): resumed[0][run] for run in cut},
    }
    text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False)
    out.write_text(text + "\n", encoding="utf-8")


def _resumed(home: Path, runs: Sequence[int], path: Path) -> dict[int, dict[str, Any]]:
    with home_folder(path, copy_of=home) as copy:
        for run in runs:
            command(copy, "resume", str(run))
        wait(copy, runs)
        for run in runs:
            expect_status(copy, run, "finished")
        return {run: came_to(copy, run) for run in runs}


def _from_the_beginning(home: Path, runs: Sequence[int], path: Path) -> dict[int, dict[str, Any]]:
    with home_folder(path) as new:
        specs = {run: json.loads(seen(home, run)["spec"]) for run in runs}
        names = {run: seen(home, run)["name"] for run in runs}
        again = {run: submit(new, s.pop("kind"), names[run], s) for run, s in specs.items()}
        wait(new, list(again.values()))
        for run in again.values():
            expect_status(new, run, "finished")
        return {run: came_to(new, number) for run, number in again.items()}


def _same(what: str, a: dict[str, Any], b: dict[str, Any], without: Sequence[str] = ()) -> None:
    different = [name for name in a if name not in without and a[name] != b[name]]
    if different:
        shown = "\n".join(f"{name}: {a[name]} | {b[name]}" for name in different)
        raise SystemExit(f"{what}: different in\n{shown}")
    print(f"{what}: the same", flush=True)


def main() -> None:
    """`home OUT` or `expect OUT`."""
    if len(sys.argv) != 3 or sys.argv[1] not in ("home", "expect"):
        raise SystemExit(__doc__)
    out = Path(sys.argv[2]).absolute()
    write_csv_files()
    if sys.argv[1] == "home":
        with home_folder(WORK / "home") as home:
            make(home)
        keep(home, out / "home")
    else:
        # in a copy: whoever looks at a store leaves files beside it
        with home_folder(WORK / "home", copy_of=out / "home") as home:
            expect(home, out / "expected.json")


if __name__ == "__main__":
    main()
