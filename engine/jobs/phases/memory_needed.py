"""What a network is going to take, worked out from counts before anything of it is allocated."""

from engine.data.datasets import PreprocessedData
from engine.environment.machine import usable_threads
from engine.environment.memory import reserve
from engine.specs.derived_settings import with_settings
from engine.specs.kinds.influence import InfluenceSpec
from engine.specs.network import NetworkSpec, count_parameters
from engine.specs.repeated import RepeatedSpec
from engine.specs.varying import VaryingSpec

_FLOAT = 4
# what shapes are padded to at most, roughly, and the rows that are validated within a call
# (`engine.trainer.shapes`, which is not imported: a description has to do without JAX)
_PADDED = 1.25
_VALIDATED = (16 * 128, 16 * 1024)
# weights of a training: as begun, as the program has them, three slots, gradient, best, snapshot
_COPIES = 8
# numbers in the batches of a call, at least (`trainer.shapes`)
_CALL = 2**21
# a batch stands in NumPy's memory and in JAX's
_TWICE = 2


def refuse_too_large(spec: NetworkSpec, prepared: PreprocessedData) -> None:
    """Raise `EngineError` where the trainings of `spec` would not fit into what is free.

    What they need is kept for them until the run gives it back.
    """
    features, classes = prepared.sizes
    hidden = _largest_layers(spec)
    compares = isinstance(spec, RepeatedSpec)
    several = compares or isinstance(spec, VaryingSpec | InfluenceSpec)
    at_once = usable_threads() if several else 1
    batch = spec.highest("batch_size") if isinstance(spec, VaryingSpec) else spec.batch_size
    rows = sum(prepared.split_rows.values())
    training = _of_training(hidden, features, classes, min(batch, rows))
    # each fold of a comparison is preprocessed by itself
    own_rows = _FLOAT * rows * prepared.train.x.filled if compares else 0
    predictions = _TWICE * _FLOAT * rows * classes
    reserve(
        float((training + own_rows) * at_once + predictions),
        f"a network of {count_parameters(hidden, features, classes):,} parameters on"
        f" {features:,} features",
        f"Try fewer units or a smaller batch. {prepared.preprocessor.fewer_features}",
    )


def _largest_layers(spec: NetworkSpec) -> tuple[int, ...]:
    """The hidden layers of the largest network that `spec` trains."""
    if not isinstance(spec, VaryingSpec):
        return spec.hidden_layers
    varied = [name for name in ("layers", "units") if name in spec.vary]
    largest = {str(name): spec.highest(name) for name in varied}
    return with_settings(spec.network, largest).hidden_layers


def _of_training(hidden: tuple[int, ...], features: int, classes: int, batch: int) -> int:
    """Bytes of one training, its rows left out."""
    parameters = count_parameters(hidden, features + 16, classes + 16)
    least, most = _VALIDATED
    validated = min(max(16 * batch, least), most)
    batches = _TWICE * (features * validated + max(_CALL, features * batch))
    activations = 3 * batch * sum(hidden)
    return int(_FLOAT * _PADDED * (_COPIES * parameters + batches + activations))
