"""The settings of a network that may vary, of which some stand for several fields at once."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from engine.specs.aliases import current_names
from engine.specs.fields import SettingInfo, setting, settings_of
from engine.specs.invalid import InvalidSpec, Problem
from engine.specs.network import NetworkSpec
from engine.specs.problems import problems
from engine.specs.typed_text import quoted

Model = TypeVar("Model", bound=BaseModel)
UNKNOWN_NAMED = 5


class DerivedSettings(BaseModel):
    """Settings that no network has: each stands for its list of hidden layers."""

    layers: Annotated[int, Field(ge=1, le=200)] = setting(
        1, group="Network", simpler="lower", search="1..8", sweep="1..20",
        help="Number of hidden layers, each as wide as the first.",
    )  # fmt: skip
    units: Annotated[int, Field(ge=1, le=4096)] = setting(
        1, group="Network", simpler="lower", search="16..256/16", sweep="16..128/16",
        help="Units of every hidden layer.",
    )  # fmt: skip
    first_layer_units: Annotated[int, Field(ge=1)] = setting(
        1, group="Network", search="10..90/10", sweep="10..90/10",
        help="Units of the first of two hidden layers; the second has the rest.",
    )  # fmt: skip


DERIVED = {info.name: info for info in settings_of(DerivedSettings)}


def variable_settings(model: type[BaseModel]) -> dict[str, SettingInfo]:
    """The settings that a sweep or search may vary, by name; none of a spec without a network."""
    if not issubclass(model, NetworkSpec):
        return {}
    own = settings_of(model.network_class())
    return DERIVED | {info.name: info for info in own if info.varies}


def with_settings(network: NetworkSpec, settings: Mapping[str, Any]) -> NetworkSpec:
    """The network with some settings changed, derived ones (`units`, …) spread out.

    Raises `InvalidSpec` when a value is not allowed.
    """
    fields = network.model_dump(mode="json")
    fields |= {name: value for name, value in settings.items() if name not in DERIVED}
    if DERIVED.keys() & settings.keys():
        fields["hidden_layers"] = _layers(list(network.hidden_layers), settings)
    return validated(type(network), fields)


def _layers(hidden: list[int], settings: Mapping[str, Any]) -> list[int]:
    if "layers" in settings:
        hidden = [hidden[0] if hidden else 100] * _whole("layers", settings["layers"])
    if "units" in settings:
        hidden = [_whole("units", settings["units"])] * max(1, len(hidden))
    if "first_layer_units" in settings:
        total = sum(hidden[:2])
        first = _whole("first_layer_units", settings["first_layer_units"], total - 1)
        hidden = [first, total - first]
    return hidden


def _whole(name: str, value: Any, most: float | None = None) -> int:
    """The value, which has to be a whole number before a list of layers is made of it."""
    highest = DERIVED[name].bounds["le"] if most is None else most
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= highest:
        return value
    why = "" if most is None else ", less than the units of both layers together"
    message = f"{quoted(value)} is invalid: enter a whole number from 1 to {highest:,}{why}"
    raise InvalidSpec((Problem(name, message),))


def validated(model: type[Model], fields: Mapping[str, Any]) -> Model:
    """The model of JSON fields, which may have old names; raises `InvalidSpec` in words."""
    known = current_names(fields)
    unknown = [name for name in known if name not in model.model_fields]
    # a file may have any number of settings that do not exist: a few are looked at
    for name in unknown[UNKNOWN_NAMED:]:
        del known[name]
    text = json.dumps(known)
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        found = _half_characters(known, text) or problems(model, error)
        if more := len(unknown[UNKNOWN_NAMED:]):
            found += (Problem("", f"and {more:,} more that are no settings"),)
        raise InvalidSpec(found) from None


def _half_characters(fields: Mapping[str, Any], text: str) -> tuple[Problem, ...]:
    """Fields that hold half characters, which JSON (`text`) can write and nothing can store."""
    if "\\ud" not in text:
        return ()
    texts = {str(name): json.dumps(value, ensure_ascii=False) for name, value in fields.items()}
    return tuple(
        Problem(name, f"{quoted(text)} holds half a character (a lone surrogate): remove it")
        for name, text in texts.items()
        if any("\ud800" <= character <= "\udfff" for character in text)
    )
