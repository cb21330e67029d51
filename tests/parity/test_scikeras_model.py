"""scikeras takes our networks for Keras models, with what it does for one that is Keras's."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from engine.specs.derived_settings import with_settings
from engine.specs.network import NetworkSpec
from engine.trainer.batching import Rows
from engine.trainer.network import Network
from tests.support.later import Later
from tests.support.parity.random_tables import CLASSES, FEATURES, same_bits, table

scikeras: Any = Later("engine.keras_adapter.sklearn_classifier")

SPEC = NetworkSpec(hidden_layers=(8,), epochs=3, learning_rate=0.01)


class OneFold:
    """A study of one training at a time, on rows of a table of 60."""

    def __init__(self) -> None:
        self.x, self.y = table(60)
        self.trained: list[Network] = []

    def __sklearn_clone__(self) -> "OneFold":
        return self

    def begin(self, classifier: Any, rows: Any) -> Any:
        portion = SimpleNamespace(
            x=SimpleNamespace(take=lambda places: self.x[places]),
            train=rows,
            weights=None,
            validation=(self.x[40:], self.y[40:]),
        )
        return SimpleNamespace(portion=portion)

    def build(self, fitting: Any, settings: Mapping[str, Any]) -> Network:
        return Network.build(with_settings(SPEC, settings), FEATURES, CLASSES)

    def ended(self, fitting: Any, network: Network) -> None:
        self.trained.append(network)


@pytest.fixture(scope="module")
def fitted() -> tuple[OneFold, Any]:
    """A study, and the classifier that was fitted through scikeras on 40 rows."""
    study = OneFold()
    classifier = clone(
        scikeras.Classifier(
            model=scikeras.model_function,
            model__units=6,
            epochs=3,
            batch_size=16,
            verbose=0,
            study=study,
        )
    )
    return study, classifier.fit(np.arange(40)[:, None], study.y[:40])


def test_scikeras_trains_our_network_as_it_is_trained_without_it(
    fitted: tuple[OneFold, Any],
) -> None:
    study, _ = fitted
    alone = Network.build(SPEC.model_copy(update={"hidden_layers": (6,)}), FEATURES, CLASSES)
    rows = Rows.of(study.x[:40], study.y[:40])
    alone.train(rows, Rows.of(study.x[40:], study.y[40:]), epochs=3, batch_size=16)
    (network,) = study.trained
    assert same_bits(network.weights, alone.weights)


def test_scikeras_has_the_epochs_figures_as_of_a_model_of_keras(
    fitted: tuple[OneFold, Any],
) -> None:
    _, classifier = fitted
    assert classifier.current_epoch == 3
    assert set(classifier.history_) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(figures) == 3 for figures in classifier.history_.values())
