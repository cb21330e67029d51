"""The network that a run has come to: shown, evaluated, and left as a file."""

import io
import math
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py

from engine.data.datasets import PreprocessedData
from engine.jobs.phases.evaluation import score
from engine.keras_adapter.build import layer_table
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.events import NetworkReady
from engine.runs.reporter import Artefact, Reporter

# numbers of a layer from which on shuffling them wins more than it takes
MANY = 256


def report_network(
    network: XlaSequential, prepared: PreprocessedData, batch_size: int, reporter: Reporter
) -> dict[str, Any]:
    """Report the network; returns the fields `layers` and `parameters` of results."""
    layers = layer_table(network)
    parameters = sum(layer.parameters for layer in layers)
    steps = math.ceil(len(prepared.train.y) / batch_size)
    reporter.emit(NetworkReady(layers=layers, parameters=parameters, steps_per_epoch=steps))
    return {"layers": layers, "parameters": parameters}


def evaluate_and_keep(
    prepared: PreprocessedData, network: XlaSequential, reporter: Reporter, *, open_test: bool
) -> dict[str, Any]:
    """The fields of `results.Scored`; the network stays behind as a plain `.keras` file.

    Without `open_test` the test set stays held out and has no figures.
    """
    scored = score(
        prepared,
        network.predict,
        reporter,
        open_test=open_test,
        loss=lambda own: network.mean_loss(own.x, own.y),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        network.save(path)
        reporter.emit(Artefact("model.keras", _deflated(path)))
    return scored


def _deflated(path: Path) -> bytes:
    """The zip file at `path`, compressed: most of a network's is zeros and HDF5's empty space."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(packed, "w") as after:
        for member in before.infolist():
            body = before.read(member)
            if member.filename == "model.weights.h5":
                body = _shuffled(body)
            after.writestr(member, body, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _many(found: h5py.Dataset) -> dict[str, Any]:
    return {"compression": 9, "shuffle": True, "chunks": found.shape}


def _shuffled(body: bytes) -> bytes:
    """An HDF5 file with the bytes of equal weight of its numbers together: a twentieth is saved.

    Whatever reads HDF5 puts them back by itself.
    """
    made = io.BytesIO()
    with h5py.File(io.BytesIO(body)) as before, h5py.File(made, "w") as after:

        def copy(name: str, found: h5py.Group | h5py.Dataset) -> None:
            if isinstance(found, h5py.Group):
                own = after.require_group(name)
            else:
                own = after.create_dataset(
                    name, data=found[()], **(_many(found) if found.size >= MANY else {})
                )
            own.attrs.update(found.attrs)

        after.attrs.update(before.attrs)
        before.visititems(copy)
    return made.getvalue()


def network_fields(
    prepared: PreprocessedData, network: XlaSequential, reporter: Reporter,
    *, batch_size: int, open_test: bool,
) -> dict[str, Any]:  # fmt: skip
    """Report, evaluate and keep a network that was chosen: what its result has of it."""
    shown = report_network(network, prepared, batch_size, reporter)
    return shown | evaluate_and_keep(prepared, network, reporter, open_test=open_test)
