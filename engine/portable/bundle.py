"""A run as a folder or a zip file that predicts and trains without this program."""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.client.exporting import ExportRequest
from engine.client.file_process import Written
from engine.data.log_probabilities import LEAST_PROBABILITY
from engine.errors import EngineError
from engine.exports.whole_file import write_whole
from engine.portable.bundled_run import run_files
from engine.portable.kept import KeptRun
from engine.portable.reading import Reading, flags
from engine.portable.received import FORMAT, READ
from engine.portable.script import TABLE, copied_table, script, table_of
from engine.portable.target import refuse_existing
from engine.prediction.own_rows import OwnRows
from engine.sources.files import locate
from engine.specs.data import PENGUINS
from engine.store.store import Store
from engine.version import __version__

# at the end of the model card
_USE: Final = """
## Use

```sh
pip install -r requirements.txt
python predict.py IN.csv -o OUT.csv     # the class of every row of a table
python train.py                         # trains it once more, by plain Keras
```

From Python: `from engine import load_bundle`, with penguin-tui installed.
"""
_SCRIPTS = Path(__file__).parent / "scripts"
_TRIAL_SECONDS = 600


def write(store: Store, request: ExportRequest) -> Iterator[Written]:
    """Gather the files, have `predict.py` predict with them, then put them where they are wanted.

    Raises EngineError where the bundle would predict otherwise than the run, and `FilesExist`.
    """
    refuse_existing(request)
    kept = KeptRun.load(store, request.run)
    yield Written(step="gathering the files")
    files = _files(kept, request) | run_files(store, kept)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "bundle"
        _lay_out(folder, files)
        yield Written(step="predicting with the bundle")
        note = _tried(kept, folder)
    yield Written(step="writing")
    if request.target.suffix == ".zip":
        body = _zipped(request.target.stem, files)
        write_whole(request.target, body, request.force)
        size = len(body)
    else:
        for path, body in files.items():
            place = request.target / path
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, body, request.force)
        # of a bundle that lay there, what this run has none of
        for path in set(READ) - set(files):
            (request.target / path).unlink(missing_ok=True)
        size = sum(map(len, files.values()))
    yield Written(path=str(request.target), size=size, files=len(files))
    yield Written(note=note)


def _files(kept: KeptRun, request: ExportRequest) -> dict[str, bytes]:
    reading, rule = Reading.of(kept), kept.fitted.rule
    about = {
        "format": FORMAT,
        "made_by": f"penguin-tui {__version__}",
        "run": kept.record.id,
        "reading": reading.fields(),
        "missing": reading.missing,
        "datetimes": reading.datetimes,
        "flags": flags(kept),
        "decision": rule.model_dump() | {"least_probability": LEAST_PROBABILITY},
    }
    found = {
        "README.md": (request.card + _USE).encode("utf-8", "replace"),
        "bundle.json": json.dumps(about, ensure_ascii=False, indent=1).encode(),
        "model.keras": kept.artefacts["model.keras"],
        "preprocessing.json": kept.artefacts["preparation.json"],
        "predict.py": _predict_script(),
        "number_reading.py": _source("engine/sources/numbers.py"),
        "train.py": script(kept, table_of(kept)).encode(),
        "requirements.txt": _requirements(baseline=kept.training.kind == "baseline").encode(),
    }
    if kept.record.spec.data_spec.data == PENGUINS:
        found["penguins.csv"] = locate(PENGUINS).read_bytes()
    elif isinstance(kept.own, OwnRows) and copied_table(kept):
        with kept.own.table.file.facts.source.opened() as (raw, _):
            found[TABLE] = raw.read()
    return found


def _predict_script() -> bytes:
    """Our own module, but that it takes the reading of numbers from beside it."""
    return (
        (_SCRIPTS / "predict.py").read_bytes().replace(b"engine.sources.numbers", b"number_reading")
    )


def _source(path: str) -> bytes:
    return (Path(__file__).parents[2] / path).read_bytes()


def _requirements(*, baseline: bool) -> str:
    """Keras, what it runs on, and NumPy, in the versions that this was tried with."""
    names = ["keras", "numpy", "tensorflow", *(["scikit-learn"] if baseline else [])]
    installed = {name: _version(name) for name in names}
    return "".join(f"{name}=={found}\n" for name, found in installed.items())


def _version(name: str) -> str:
    # on Linux TensorFlow is the build for the processor alone
    for one in (name, f"{name}-cpu"):
        try:
            return version(one)
        except ImportError:
            continue
    raise EngineError(f"{name} is not installed.", "Install this program again.")


def _lay_out(folder: Path, files: dict[str, bytes]) -> None:
    for path, body in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)


def _zipped(name: str, files: dict[str, bytes]) -> bytes:
    """A zip file with one folder in it; the same files make the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in files.items():
            member = zipfile.ZipInfo(f"{name}/{path}")
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(member, body)
    return packed.getvalue()


# -- the trial -------------------------------------------------------------------------------------


def _tried(kept: KeptRun, folder: Path) -> str:
    """Have `predict.py` predict rows in a process of its own, and say what they were compared with.

    Raises EngineError where it fails, or predicts otherwise than the run did.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        table, output = Path(elsewhere) / "in.csv", Path(elsewhere) / "out.csv"
        expected, noun = _trial_table(kept, table)
        environment = os.environ | {"KERAS_BACKEND": "tensorflow"}
        done = subprocess.run(
            [sys.executable, "-E", "-s", str(folder / "predict.py"), str(table), "-o", str(output)],
            cwd=elsewhere, env=environment, capture_output=True, text=True, check=False,
            timeout=_TRIAL_SECONDS,
        )  # fmt: skip
        if done.returncode:
            words = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise EngineError(f"The bundle's predict.py failed, so nothing was written: {words}")
        found = pd.read_csv(output, keep_default_na=False, dtype=str, encoding="utf-8")
    # the bundle's caches are no part of it
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    numbers = found.iloc[:, -1 - len(kept.fitted.classes) : -1].astype(np.float32).to_numpy()
    rows = np.array(sorted(expected), np.int64)
    wanted = np.array([expected[row] for row in rows.tolist()], np.float32)
    worst = kept.refuse_difference(numbers[rows - 1], wanted, "bundle")
    return f"predict.py predicts {len(rows):,} {noun} as the run did (within {worst:.0e})."


def _trial_table(kept: KeptRun, path: Path) -> tuple[dict[int, Any], str]:
    """Write a table: what the run says of its rows (by number, from 1), and which these are."""
    if not isinstance(kept.own, OwnRows):
        frame = kept.trial
        frame.to_csv(path, index=False, encoding="utf-8")
        known = kept.fitted.probabilities(frame)
        return dict(enumerate(known.tolist(), start=1)), "made-up rows (the data are gone)"
    table = kept.own.table
    with table.file.facts.source.opened() as (raw, _), path.open("wb") as copy:
        if not table.file.below.rows:
            shutil.copyfileobj(raw, copy)
        else:
            # without what stands below the table
            copy.writelines(islice(raw, table.file.line_of(table.file.rows - 1)))
    if kept.stored:
        inside = {row: p for row, p in kept.stored.items() if row <= table.file.rows}
        return inside, "stored rows"
    known = kept.fitted.probabilities(table.frame)
    of_rows = zip(table.rows.tolist(), known.tolist(), strict=True)
    return {row: p for row, p in of_rows if row <= table.file.rows}, "rows"
