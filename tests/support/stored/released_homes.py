"""Home folders that released versions wrote, and what these versions brought their runs to."""

import hashlib
import json
import math
import shutil
import struct
from pathlib import Path
from typing import Any

from engine.runs.state import RunState, fold
from engine.specs.aliases import OLD_VALUES, current_name
from engine.store.store import Store

FOLDER = Path(__file__).parents[2] / "engine" / "store" / "released"
RELEASES = sorted(path.name for path in FOLDER.iterdir() if (path / "penguin-tui.sqlite3").exists())
SHORT_SETS = ("train", "val", "test")
FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


def copy_of(release: str, folder: Path) -> Path:
    """A home folder as `release` left it."""
    unused = shutil.ignore_patterns("*.json", "*.md")
    shutil.copytree(FOLDER / release, folder, ignore=unused, dirs_exist_ok=True)
    folder.chmod(0o700)
    return folder


def expected(release: str) -> dict[str, Any]:
    """What that release says of its runs, under the names of today."""
    found = json.loads((FOLDER / release / "expected.json").read_text(encoding="utf-8"))
    renamed: dict[str, Any] = _renamed(found)
    if release == "0.1.0":
        for was in (*renamed["runs"].values(), *renamed["resumed"].values()):
            _mended(was)
    return renamed


def _mended(was: dict[str, Any]) -> None:
    """Leave out what 0.1.0 showed under a name that it was not."""
    best = was.pop("best_val_accuracy")
    # of other kinds it was the best trial's mean
    was["best_epoch_val_accuracy"] = best if was["kind"] == "train" else None
    if was["kind"] in ("sweep", "hyperband"):
        # the running mean of an epoch, not the accuracy of the network that was kept
        for trial in was.get("trials", ()):
            trial["scores"].pop("train", None)


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {current_name(name): _renamed(item) for name, item in value.items()}
    for name, values in OLD_VALUES.items():
        if isinstance(found.get(name), str):
            found[name] = values.get(found[name], found[name])
    return found


def came_to(store: Store, run: int) -> dict[str, Any]:
    """Of a run what `expected` has of it: the row, the trials, the figures."""
    record = store.run(run)
    state = fold(RunState(), store.events(run)[1])
    return {
        "kind": record.kind,
        "name": record.name,
        "note": record.note,
        "status": record.status,
        "message": record.message,
        "epochs_run": record.epochs_run,
        "best_epoch_val_accuracy": record.best_epoch_val_accuracy,
        "data_sha256": record.data_sha256,
        "test_set_id": record.test_set_id,
        # what 0.1.0 had of them
        "metrics": {n: v for n, v in record.metrics.items() if n.split("_")[0] in SHORT_SETS},
        "trials": trials_of(state),
        "figures": figures_of(state),
    }


def trials_of(state: RunState) -> list[dict[str, Any]]:
    """The trials of a search, as they ended."""
    found = [
        {
            "trial": trial.number,
            "status": trial.status,
            "group": trial.group,
            "settings": trial.settings,
            "effective_settings": trial.effective_settings,
            "scores": trial.scores,
            "epochs": trial.epochs,
        }
        for trial in state.trials.values()
    ]
    plain: list[dict[str, Any]] = json.loads(json.dumps(found))
    return plain


def figures_of(state: RunState) -> dict[str, Any]:
    """The figures of all epochs, to the bit in the hash, and the last ones of each training."""
    curves = dict(sorted(state.curves.items()))
    columns = {key: [curve.column(name) for name in FIGURES] for key, curve in curves.items()}
    packed = (struct.pack("<5d", *row) for c in columns.values() for row in zip(*c, strict=True))
    return {
        "trainings": len(curves),
        "epochs": state.epochs_done,
        "sha256": hashlib.sha256(b"".join(packed)).hexdigest(),
        "last": {
            str(key): [None if math.isnan(column[-1]) else column[-1] for column in found]
            for key, found in columns.items()
        },
    }
