"""The network that a run has come to: shown, evaluated, and left as a file."""

import math
from typing import Any

from engine.data.datasets import PreprocessedData
from engine.jobs.phases.evaluation import score
from engine.keras_files.layers import layer_table
from engine.keras_files.network_file import network_file
from engine.runs.events import NetworkReady
from engine.runs.reporter import Artefact, Reporter
from engine.specs.network import NetworkSpec
from engine.trainer.network import Network


def report_network(
    spec: NetworkSpec, prepared: PreprocessedData, reporter: Reporter
) -> dict[str, Any]:
    """Report the network; returns the fields `layers` and `parameters` of results."""
    layers = layer_table(spec, *prepared.sizes)
    parameters = sum(layer.parameters for layer in layers)
    steps = math.ceil(len(prepared.train.y) / spec.batch_size)
    reporter.emit(NetworkReady(layers=layers, parameters=parameters, steps_per_epoch=steps))
    return {"layers": layers, "parameters": parameters}


def evaluate_and_keep(
    spec: NetworkSpec, network: Network, prepared: PreprocessedData, reporter: Reporter,
    *, epochs: int, open_test: bool,
) -> dict[str, Any]:  # fmt: skip
    """The fields of `results.Scored`; the network stays behind as a plain `.keras` file.

    `network` is that of `spec` after `epochs` epochs. Without `open_test` the test set stays held
    out and has no figures.
    """
    scored = score(
        prepared,
        network.predict,
        reporter,
        open_test=open_test,
        loss=lambda own: network.mean_loss(own.x, own.y),
    )
    reporter.emit(Artefact("model.keras", network_file(spec, network.weights, epochs)))
    return scored


def network_fields(
    spec: NetworkSpec, network: Network, prepared: PreprocessedData, reporter: Reporter,
    *, epochs: int, open_test: bool,
) -> dict[str, Any]:  # fmt: skip
    """Report, evaluate and keep a network that was chosen: what its result has of it."""
    shown = report_network(spec, prepared, reporter)
    return shown | evaluate_and_keep(
        spec, network, prepared, reporter, epochs=epochs, open_test=open_test
    )
