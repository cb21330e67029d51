"""What the engine compiles while it has nothing to do, so that nobody waits for it later."""

from collections.abc import Iterator

from engine.data.load import load
from engine.data.prepare import prepare
from engine.network.warm import warm_up
from engine.presets import TRAIN_PRESETS
from engine.specs import NetworkSpec, TrainSpec, make_spec


def usual_networks() -> list[TrainSpec]:
    """The form's own defaults and the presets, under both protocols, on the packaged data."""
    fields = [{}, *TRAIN_PRESETS.values()]
    specs = [
        make_spec("train", own | {"protocol": protocol})
        for protocol in ("strict", "as_published")
        for own in fields
    ]
    return [spec for spec in specs if isinstance(spec, TrainSpec)]


def warming() -> Iterator[str]:
    """Compile one usual network at each step; what is compiled already is passed over quickly."""
    seen: set[tuple[NetworkSpec, int, int]] = set()
    for spec in usual_networks():
        prepared = prepare(load(spec.data_spec), spec.data_spec)
        features, rows = len(prepared.feature_names), len(prepared.train.y)
        network = spec.network
        if (network, features, rows) not in seen:
            seen.add((network, features, rows))
            warm_up([network], features, len(prepared.class_names), rows)
            yield str(network.hidden_layers)
