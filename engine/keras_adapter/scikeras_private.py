"""The private API of scikeras that the adapter touches; nothing else does.

Written against scikeras 0.13; `tests/parity/test_private_api.py` names every attribute.

- `_ensure_compiled_model` compiles the model again, or refuses it where its own way of looking
  finds no optimizer; ours comes compiled.
- `model_` is the fitted model, which scikeras documents but declares nowhere.
"""

from typing import Any

from scikeras.wrappers import KerasClassifier


class CompiledModelClassifier(KerasClassifier):  # type: ignore[misc]
    """scikeras' classifier of a model function whose model comes compiled."""

    def _ensure_compiled_model(self) -> None:
        """Leave the model as it is."""

    @property
    def fitted_model(self) -> Any:
        """The model of the last `fit`."""
        return self.model_
