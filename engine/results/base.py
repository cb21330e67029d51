"""What the results of all kinds of run share."""

from typing import Any

from engine.specs.base import Frozen


class RunResult(Frozen):
    """What a run of `kind` came to; each kind has a result class of its own in `engine.kinds`."""

    kind: str

    @property
    def chosen_settings(self) -> dict[str, Any] | None:
        """The settings that a sweep or search has chosen; None of a kind that chooses none."""
        return None

    def json_object(self) -> dict[str, Any]:
        """Its part of the JSON object of a run (`run --json`): all of it under `result`.

        Kinds with figures that scripts look for say them by name.
        """
        return {"result": self.model_dump(mode="json")}
