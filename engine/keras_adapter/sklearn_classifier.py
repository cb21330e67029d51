"""scikeras' classifier over networks of the trainer.

scikeras does what it is for: parameters, clones, fits, predictions. What else it does to
the whole process is left out: no global seed, no `clear_session`.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Protocol, Self

import numpy as np
from sklearn.preprocessing import FunctionTransformer

from engine.data.datasets import mean_of_one
from engine.data.splits.folds import FoldData
from engine.keras_adapter.scikeras_private import CompiledModelClassifier
from engine.keras_adapter.search_spaces import plain
from engine.specs.optimizers import optional_settings
from engine.trainer.batching import Rows
from engine.trainer.callbacks import Callback
from engine.trainer.network import Network
from engine.trainer.training import Figures, Training

Array = np.ndarray[Any, Any]

# what scikeras hands to fit itself; every other setting is an argument of the model
_FITTED = ("epochs", "batch_size", "class_weight")
# what the post's way names as arguments of an optimizer that is compiled already
_COMPILED = ("learning_rate", *optional_settings())


class Study(Protocol):
    """What a search adds to scikit-learn's: how rows are preprocessed, and who watches."""

    def __sklearn_clone__(self) -> Self:
        """Itself: all trials share one study."""

    def begin(self, classifier: "Classifier", rows: Array) -> Any:
        """A training begins on these pool rows: what has a `portion` to learn from, or None."""

    def build(self, fitting: Any, settings: Mapping[str, Any]) -> Network:
        """The network of a training."""

    def ended(self, fitting: Any, network: Network) -> None:
        """The training is done."""


class ScikerasModel:
    """A network as scikeras knows a compiled Keras model: what it asks of one that is fitted.

    It looks at no class. Its predictions are not asked for: a `Study` scores each training.
    """

    loss = "sparse_categorical_crossentropy"

    def __init__(self, network: Network) -> None:
        self.network = network

    def fit(
        self, x: Any, y: Any, batch_size: int = 32, epochs: int = 1, initial_epoch: int = 0,
        sample_weight: Any = None, validation_data: Any = None, callbacks: Sequence[Callback] = (),
        **unused: Any,
    ) -> SimpleNamespace:  # fmt: skip
        """Train as `keras.Model.fit` does; returns a `history` of each figure's epochs.

        `x` is [rows, features], `y` integer classes from 0 [rows], `validation_data` such a pair.
        `unused` takes what scikeras adds at its defaults (`verbose`, `shuffle`, `validation_*`).
        """
        recorder = _Recorder()
        self.network.train(
            Rows.of(x, y, sample_weight),
            Rows.of(*validation_data) if validation_data is not None else None,
            epochs=epochs,
            batch_size=batch_size,
            callbacks=[*callbacks, recorder],
            initial_epoch=initial_epoch,
        )
        names = ["loss", "accuracy", *(["val_loss", "val_accuracy"] if validation_data else [])]
        return SimpleNamespace(
            history={name: [getattr(own, name) for own in recorder.figures] for name in names}
        )


class _Recorder(Callback):
    def __init__(self) -> None:
        self.figures: list[Figures] = []

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        self.figures += figures


def model_function(
    study: Study,
    meta: Mapping[str, Any],
    params: Mapping[str, Any],
    compile_kwargs: Mapping[str, Any],
    **settings: Any,
) -> ScikerasModel:
    """The model function: a trial's `model__…` parameters become its network's settings.

    It comes compiled, so `optimizer__…` parameters have no effect: every
    setting that is to have one goes through `model__…`.
    """
    plainly = {name: plain(value) for name, value in settings.items()}
    return ScikerasModel(study.build(meta["fitting_"], plainly))


class Classifier(CompiledModelClassifier):
    """scikeras' classifier on rows of a pool: X is int [rows, 1], positions in the pool.

    What rows become is learnt within `fit`, from the rows that are fitted.
    `study` is a parameter like any other, shared by all clones; `fitting_` is
    what it makes of a training.
    """

    study: Study
    fitting_: Any = None

    def fit(self, X: Array, y: Array, sample_weight: Any = None, **kwargs: Any) -> Self:  # noqa: N803
        """Train on the rows at `X`, unless the study leaves this training out."""
        self.fitting_ = self.study.begin(self, X[:, 0])
        portion: FoldData | None = self.fitting_.portion
        if portion is None:
            return self
        place = np.searchsorted(X[:, 0], portion.train)
        weights = portion.weights
        super().fit(
            portion.train[:, None],
            y[place],
            sample_weight=None if weights is None else mean_of_one(weights),
            validation_data=portion.validation,
            **kwargs,
        )
        self.study.ended(self.fitting_, self.fitted_model.network)
        return self

    @property
    def feature_encoder(self) -> FunctionTransformer:
        """From positions in the pool to rows, which were preprocessed once for the fold."""
        x = self.fitting_.portion.x
        return FunctionTransformer(lambda positions: x.take(positions[:, 0]))

    @property
    def target_encoder(self) -> FunctionTransformer:
        """Labels are codes from 0 already, in all folds the same."""
        return FunctionTransformer()


class IgnoredOptimizer:
    """Takes the arguments that the post gives an optimizer which is compiled already."""

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments


def parameter(setting: str, *, as_published: bool) -> str:
    """The name under which scikeras takes a setting; as published some of them do nothing."""
    if setting in _FITTED:
        return setting
    if as_published and setting == "optimizer":
        return setting
    return f"optimizer__{setting}" if as_published and setting in _COMPILED else f"model__{setting}"


def without_effect(settings: Iterable[str]) -> list[str]:
    """The settings that are requested as published and have no effect."""
    idle = (*_COMPILED, "optimizer", "epochs", "batch_size")
    return [name for name in settings if name in idle]
