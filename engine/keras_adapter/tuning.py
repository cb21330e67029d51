"""scikeras' classifier and Keras Tuner's Hyperband over networks of the compiled program.

Both libraries do what they are for (parameters, folds, refit; brackets, budgets,
promotions). What they do to the whole process beside it is left out: no global
seed, no `clear_session`, no files, nothing printed.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self

import keras_tuner
import numpy as np
from keras_tuner.src.engine import oracle as oracle_module
from scikeras.wrappers import KerasClassifier

from engine.data.folds import Portion
from engine.keras_adapter.network import Network
from engine.keras_adapter.search_spaces import declare, plain, settings_of_trial
from engine.specs.hyperband_schedule import Rung
from engine.specs.search_space import Dimension

Array = np.ndarray[Any, Any]

# what scikeras hands to fit itself; every other setting is an argument of the model
_FITTED = ("epochs", "batch_size", "class_weight")
# what the post's way names as arguments of an optimizer that is compiled already
_COMPILED = ("learning_rate", "momentum", "weight_decay")


class Study(Protocol):
    """What a search knows beside scikit-learn: how rows are prepared, and who watches."""

    def __sklearn_clone__(self) -> Self:
        """Itself: all candidates share one study."""

    def begin(self, classifier: "Classifier", rows: Array) -> Any:
        """A training begins on these pool rows: what has a `portion` to learn from.

        None where there is to be neither training nor score; what has None for
        a portion has its scores already.
        """

    def build(self, fitting: Any, settings: Mapping[str, Any]) -> Network:
        """The network of a training, compiled."""

    def ended(self, fitting: Any, network: Network) -> None:
        """The training is done."""


def network(
    study: Study,
    meta: Mapping[str, Any],
    params: Mapping[str, Any],
    compile_kwargs: Mapping[str, Any],
    **settings: Any,
) -> Network:
    """The model function: a candidate's `model__…` parameters become its network's settings.

    It comes compiled, so `optimizer__…` parameters have no effect: every
    setting that is to have one goes through `model__…`.
    """
    plainly = {name: plain(value) for name, value in settings.items()}
    return study.build(meta["fitting_"], plainly)


class Classifier(KerasClassifier):  # type: ignore[misc]
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
        if self.fitting_ is None or self.fitting_.portion is None:
            return self
        portion: Portion = self.fitting_.portion
        place = np.searchsorted(X[:, 0], portion.train)
        super().fit(portion.train[:, None], y[place], validation_data=portion.validation, **kwargs)
        self.study.ended(self.fitting_, self.model_)
        return self

    def _ensure_compiled_model(self) -> None:
        # it comes compiled; looking at its optimizer would bring Keras's variables up to date
        pass

    @property
    def feature_encoder(self) -> "Prepare":
        """From positions in the pool to prepared rows."""
        return Prepare(self.fitting_.portion.x)

    @property
    def target_encoder(self) -> "Codes":
        """Labels are codes from 0 already, in all folds the same."""
        return Codes()


class Idle:
    """Takes what the post's way tells an optimizer that is compiled already, and does nothing."""

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments


class Prepare:
    """A transformer that looks rows up: they were prepared once for the fold."""

    def __init__(self, x: Array) -> None:
        self._x = x

    def fit(self, rows: Array) -> Self:
        """Nothing is left to learn."""
        return self

    def transform(self, rows: Array) -> Array:
        """Prepared rows, float32 [rows, features]."""
        return self._x[rows[:, 0]]


class Codes:
    """A transformer of labels, int [rows], that are codes from 0; back from probabilities."""

    def fit(self, y: Array) -> Self:
        """Nothing to learn."""
        return self

    def transform(self, y: Array) -> Array:
        """The codes as they are."""
        return y

    def inverse_transform(self, y: Array, return_proba: bool = False) -> Array:
        """The most probable class of each row."""
        return y if return_proba else y.argmax(axis=1)


def parameter(setting: str, *, as_published: bool) -> str:
    """The name under which scikeras takes a setting; as published some of them do nothing."""
    if setting in _FITTED:
        return setting
    if as_published and setting == "optimizer":
        return setting
    return f"optimizer__{setting}" if as_published and setting in _COMPILED else f"model__{setting}"


def without_effect(settings: Mapping[str, Any]) -> list[str]:
    """The settings that the post's way asks for in vain."""
    idle = (*_COMPILED, "optimizer", "epochs", "batch_size")
    return [name for name in settings if name in idle]


# -- Hyperband -------------------------------------------------------------------------------------


# trial, settings, rung, the trial it goes on from -> validation accuracy; NaN: no score
Train = Callable[[int, dict[str, Any], Rung, int | None], float]


class _Oracle(keras_tuner.oracles.HyperbandOracle):  # type: ignore[misc]
    """Keras Tuner's own, without a file for every trial: the store keeps what is needed."""

    def save(self) -> None:
        """Keep nothing."""

    def _save_trial(self, trial: Any) -> None:
        """Keep nothing."""


class _Broken(keras_tuner.errors.FatalError):  # type: ignore[misc]
    """Ends a search at once; an ordinary exception would count as one more failed trial."""


class Hyperband(keras_tuner.Hyperband):  # type: ignore[misc]
    """Keras Tuner's Hyperband; each trial is trained by a function.

    A trial without a score is a failed one to Keras Tuner: the search goes on
    and nothing is promoted from it. Any exception of the function ends the
    search and comes out of `run`.
    """

    def __init__(
        self,
        train: Train,
        vary: Mapping[str, Dimension],
        *,
        max_epochs: int,
        factor: int,
        seed: int,
        folder: str,
    ) -> None:
        space = keras_tuner.HyperParameters()
        declare(space, vary)
        oracle = _Oracle(
            objective=keras_tuner.Objective("val_accuracy", "max"),
            max_epochs=max_epochs,
            factor=factor,
            # 0 would be taken for "no seed" and be drawn from the process's generator
            seed=seed + 1,
            hyperparameters=space,
            allow_new_entries=False,
            tune_new_entries=False,
            max_consecutive_failed_trials=2**31,
        )
        self._train, self._vary = train, vary
        # past Hyperband's own initializer, which would make an oracle that writes files
        keras_tuner.Tuner.__init__(self, oracle=oracle, directory=folder, project_name="search")

    def run(self) -> None:
        """Search until Keras Tuner's Hyperband is done."""
        try:
            self.search(verbose=0)
        except _Broken as broken:
            if broken.__cause__ is None:
                raise
            raise broken.__cause__ from None
        finally:
            # kept for ever otherwise, and with it every trial
            oracle_module.LOCKS.pop(self.oracle, None)
            oracle_module.THREADS.pop(self.oracle, None)

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Let the function train; Keras Tuner calls this for every trial."""
        values = trial.hyperparameters.values
        bracket, number = values["tuner/bracket"], values["tuner/round"]
        begun, epochs = values["tuner/initial_epoch"], values["tuner/epochs"]
        parent = values.get("tuner/trial_id")
        rung = Rung(bracket, number, self.oracle._get_size(bracket, number), begun, epochs)
        try:
            score = self._train(
                int(trial.trial_id),
                settings_of_trial(values, self._vary),
                rung,
                None if parent is None else int(parent),
            )
        except Exception as error:
            raise _Broken(str(error)) from error
        if math.isnan(score):
            raise keras_tuner.errors.FailedTrialError("no score")
        return {"val_accuracy": score}

    def save(self) -> None:
        """Keep nothing."""
