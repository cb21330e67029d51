"""Runs taken away, tried where nothing of this program is installed.

    python -m benchmarks.portable [--folder DIR] [--activations relu,gelu]

Makes two environments in the folder (kept for the next time): one with what a bundle's
requirements.txt names, in which its predict.py and train.py run, and one with Jupyter's nbclient,
in which the notebook runs from top to bottom. ONNX Runtime and LiteRT are compared with Keras for
every activation. Downloads a few hundred megabytes the first time.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

import numpy as np

from engine.client.exporting import ExportRequest
from engine.jobs import run_job
from engine.kinds import make_spec
from engine.portable.catalogue import write
from engine.portable.kept import KeptRun
from engine.portable.litert import converted, interpreted
from engine.portable.onnx_graph import graph_of, run_graph
from engine.portable.reading import Reading
from engine.prediction.file import predict_file
from engine.prediction.written_rows import CsvRows
from engine.runs.events import Ended, Event, Finished
from engine.runs.reporter import Artefact, DataUsed, Reporter
from engine.sources.files import locate
from engine.specs.activations import ACTIVATIONS
from engine.store.store import Store
from engine.store.writer import RunWriter, claim, keep_artefact, keep_data_hash

_JUPYTER = ("nbclient", "ipykernel", "matplotlib")
_RUN = (
    "import sys, nbformat; from nbclient import NotebookClient;"
    " NotebookClient(nbformat.read(sys.argv[1], 4), timeout=600, kernel_name='python3').execute()"
)


def main() -> None:
    """Try all of it and print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "taken-away")
    parser.add_argument("--activations", default=",".join(ACTIVATIONS))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        home = Path(name) / "home"
        home.mkdir(mode=0o700)
        for activation in options.activations.split(","):
            _compare(home, activation)
        _bundle(home, options.folder, Path(name))


def _run(home: Path, **fields: Any) -> int:
    """A training made here and now, with what it leaves."""
    spec, reporter = make_spec("train", fields), Reporter()
    result = run_job(spec, reporter)
    with Store.open(home) as store:
        run = store.submit(spec)
        record = claim(store, ("train",), {})
        assert record is not None
        with store.writing() as connection:
            for item in reporter.drain():
                if isinstance(item, Artefact):
                    keep_artefact(connection, run, item.name, item.body)
                elif isinstance(item, DataUsed):
                    keep_data_hash(connection, run, spec, item.sha256, item.test_sha256)
            events: list[Event] = [Finished(result=result), Ended(status="finished")]
            RunWriter(record).write(connection, events)
    return run


def _compare(home: Path, activation: str) -> None:
    run = _run(home, activation=activation, hidden_layers=[32, 16], epochs=3)
    with Store.open(home) as store:
        kept = KeptRun.load(store, run)
    frame = kept.trial
    expected = kept.fitted.probabilities(frame)
    onnx = run_graph(graph_of(kept.fitted, Reading.of(kept), "run"), kept.fitted, frame)
    x = kept.fitted.preprocessor.apply(frame)[:]
    litert = interpreted(converted(kept.artefacts["model.keras"]), x)
    worst = {"ONNX": np.abs(onnx - expected).max(), "LiteRT": np.abs(litert - expected).max()}
    told = ", ".join(f"{name} within {value:.1e}" for name, value in worst.items())
    print(f"{activation:12} {told} on {len(frame)} rows", flush=True)


def _bundle(home: Path, folder: Path, work: Path) -> None:
    run, bundle = 1, work / "bundle"
    with Store.open(home) as store:
        for option, target in (("bundle", bundle), ("notebook", work / "run.ipynb")):
            request = ExportRequest(home=home, run=run, option=option, target=target, card="")
            list(write(request))
        kept = KeptRun.load(store, run)
    python = _environment(folder / "keras", "-r", str(bundle / "requirements.txt"))
    listed = subprocess.check_output([str(python), "-m", "pip", "list", "--format=freeze"])
    names = {line.partition("==")[0] for line in listed.decode().splitlines()}
    print(f"an environment of {len(names)} packages, without pandas: {'pandas' not in names}")
    output = work / "out.csv"
    _call(python, bundle / "predict.py", locate("penguins"), "-o", output, folder=work)
    ours = io.StringIO(newline="")
    own = kept.own
    predict_file(
        kept.fitted, own, str(locate("penguins")), CsvRows(ours), lambda _: None, lambda _: None
    )
    pairs = [list(csv.reader(io.StringIO(text))) for text in (ours.getvalue(), output.read_text())]
    same = [a[:8] + a[11:] == b[:8] + b[11:] for a, b in zip(*pairs, strict=True)]
    numbers = [np.array([row[8:11] for row in rows[1:]], float) for rows in pairs]
    worst = np.abs(numbers[0] - numbers[1]).max()
    print(f"predict.py: {sum(same)} of {len(same)} rows alike, probabilities within {worst:.1e}")
    said = _call(python, bundle / "train.py", folder=work).splitlines()
    print("train.py:", next(line for line in said if line.startswith("test accuracy")))
    jupyter = _environment(folder / "jupyter", "-r", str(bundle / "requirements.txt"), *_JUPYTER)
    _call(jupyter, "-c", _RUN, work / "run.ipynb", folder=work)
    print("the notebook runs from top to bottom in nbclient")


def _environment(folder: Path, *packages: str) -> Path:
    """The interpreter of an environment with these packages, made where it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def _call(python: Path, *arguments: object, folder: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(python), *map(str, arguments)], cwd=folder, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{arguments[0]} failed:\n{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
