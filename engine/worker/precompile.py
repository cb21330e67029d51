"""What the engine compiles while it has nothing to do, so that nobody waits for it later."""

from collections.abc import Iterator

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.specs.derived_settings import validated
from engine.specs.kinds.train import TrainSpec
from engine.specs.network import NetworkSpec
from engine.specs.presets import TRAIN_PRESETS
from engine.trainer.compile_ahead import precompile

# features, classes, training rows, rows of each set
_Sizes = tuple[int, int, int, tuple[int, ...]]


def usual_networks() -> list[TrainSpec]:
    """The form's own defaults and the presets, under both protocols, on the packaged data."""
    return [
        validated(TrainSpec, fields | {"protocol": protocol})
        for protocol in ("strict", "as_published")
        for fields in ({}, *TRAIN_PRESETS.values())
    ]


def precompile_usual() -> Iterator[str]:
    """Compile one usual network at each step; what is compiled already is passed over quickly."""
    sizes: dict[str, _Sizes] = {}
    seen: set[tuple[NetworkSpec, _Sizes]] = set()
    for spec in usual_networks():
        # few data specs among many networks: each is read and prepared once
        data = spec.data_spec.model_dump_json()
        if data not in sizes:
            prepared = preprocess(load(spec.data_spec), spec.data_spec)
            sizes[data] = (
                len(prepared.feature_names),
                len(prepared.class_names),
                len(prepared.train.y),
                tuple(rows for rows in prepared.split_rows.values() if rows),
            )
        network = spec.network
        if (network, sizes[data]) not in seen:
            seen.add((network, sizes[data]))
            precompile(network, *sizes[data])
            yield str(network.hidden_layers)
