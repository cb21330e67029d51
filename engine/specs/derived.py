"""Settings of a network that vary, of which some stand for several fields at once."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from engine.specs.aliases import current_names
from engine.specs.base import InvalidSpec
from engine.specs.fields import Problem, problems, quoted
from engine.specs.network import NetworkSpec

DERIVED = {
    "layers": "number of hidden layers, each as wide as the first",
    "units": "units of every hidden layer",
    "first_layer_units": "units of the first of two hidden layers; the second has the rest",
}
MAX_LAYERS = 200
MAX_UNITS = 4096

Model = TypeVar("Model", bound=BaseModel)


def with_settings(network: NetworkSpec, settings: Mapping[str, Any]) -> NetworkSpec:
    """The network with some settings changed, derived ones (`units`, …) spread out.

    Raises `InvalidSpec` when a value is not allowed.
    """
    fields = network.model_dump(mode="json")
    plain = {name: value for name, value in settings.items() if name not in DERIVED}
    fields |= plain
    if {"layers", "units", "first_layer_units"} & settings.keys():
        fields["hidden_layers"] = _layers(list(network.hidden_layers), settings)
    return validated(NetworkSpec, fields)


def _layers(hidden: list[int], settings: Mapping[str, Any]) -> list[int]:
    if "layers" in settings:
        layers = _whole("layers", settings["layers"], MAX_LAYERS)
        hidden = [hidden[0] if hidden else 100] * layers
    if "units" in settings:
        hidden = [_whole("units", settings["units"], MAX_UNITS)] * max(1, len(hidden))
    if "first_layer_units" in settings:
        total = sum(hidden[:2])
        first = _whole("first_layer_units", settings["first_layer_units"], total - 1, "less than"
                       " the units of both layers together")  # fmt: skip
        hidden = [first, total - first]
    return hidden


def _whole(name: str, value: Any, most: int, why: str = "") -> int:
    """The value, which has to be a whole number before a list of layers is made of it."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return value
    allowed = f"a whole number from 1 to {most:,}" + (f", {why}" if why else "")
    raise InvalidSpec((Problem(name, f"{quoted(value)} is not allowed; {allowed}"),))


def validated(model: type[Model], fields: Mapping[str, Any]) -> Model:
    """The model of JSON fields; raises `InvalidSpec` in words."""
    try:
        return model.model_validate_json(json.dumps(current_names(fields)))
    except ValidationError as error:
        raise InvalidSpec(_encoding(fields) or problems(model, error)) from None


def _encoding(fields: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Fields that hold half characters, which JSON can write and nothing can store."""
    texts = {str(name): json.dumps(value, ensure_ascii=False) for name, value in fields.items()}
    return tuple(
        Problem(name, f"{quoted(text)} holds half a character; text in Unicode is allowed")
        for name, text in texts.items()
        if any("\ud800" <= character <= "\udfff" for character in text)
    )
