"""One setting that a sweep or search varies, as a row of typed text.

A row is the setting, the kind of its values and what was typed for them; no widget is in here.
"""

from dataclasses import dataclass
from typing import Literal

from engine.kinds import KINDS
from engine.specs.derived_settings import variable_settings
from engine.specs.fields import SettingInfo
from engine.specs.varying import VaryingSpec
from penguin_tui.presentation.setting_text import setting_label

RowKind = Literal["range", "log range", "steps", "list", "typed"]
# "typed" is a dimension as on the command line, for a table with one row
ROW_KINDS: tuple[RowKind, ...] = ("range", "log range", "steps", "list")
FIELDS: dict[RowKind, tuple[str, ...]] = {
    "range": ("from", "to"),
    "log range": ("from", "to"),
    "steps": ("from", "to", "step"),
    "list": ("values",),
    "typed": ("values",),
}
KIND_HELP = {
    "range": "every value between two bounds",
    "log range": "between two bounds, evenly over orders of magnitude",
    "steps": "from a bound to another in equal steps",
    "list": "the values listed, separated by commas",
    "typed": "1..30, 16..128/16 (in steps of 16), or 0.1, 0.2, 0.5 (a list)",
}
# a row holds one value at a time, and the table has its own words for a range
_PLAINER = {
    "a number, or one for each hidden layer, each": "a number",
    "whole numbers separated by commas, each": "a whole number",
    "a grid search needs a step (low..high/step)": "a grid search needs steps",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One setting that varies, as typed.

    `others` are the texts under the kinds that the row had before, until it is typed in again;
    `wanted` is the kind that was chosen where a search cannot have it.
    """

    setting: str
    kind: RowKind
    texts: tuple[str, ...]
    others: tuple[tuple[RowKind, tuple[str, ...]], ...] = ()
    wanted: RowKind | None = None

    @property
    def label(self) -> str:
        """The setting as a person reads it."""
        return setting_label(self.setting)

    @property
    def kinds(self) -> tuple[RowKind, ...]:
        """The kinds that make sense: choices can only be listed."""
        return ROW_KINDS if info_of(self.setting).is_number else ("list",)

    @property
    def help(self) -> str:
        """What the setting does, what is allowed, and how values are given."""
        return f"{about(self.setting)} {self.kind.capitalize()}: {KIND_HELP[self.kind]}."


def names_of(kind: str) -> tuple[str, ...]:
    """The settings that a run of `kind` may vary."""
    return tuple(variable_settings(KINDS[kind].spec))


def tries_every_value(kind: str) -> bool:
    """Whether a run of `kind` tries each value, so that a continuous range has to be a list."""
    spec = KINDS[kind].spec
    return issubclass(spec, VaryingSpec) and spec.tries_every_value


def info_of(setting: str) -> SettingInfo:
    """The declaration of a setting that some kind of run may vary."""
    specs = (kind.spec for kind in KINDS.values() if kind.varies)
    return next(found[setting] for found in map(variable_settings, specs) if setting in found)


def about(setting: str) -> str:
    """What a setting does and what is allowed, in one line."""
    found = info_of(setting)
    return f"{setting}: {found.help} Allowed: {plainer(found.allowed)}."


def plainer(text: str) -> str:
    """A sentence of the specs in the words of a row."""
    for longer, plain in _PLAINER.items():
        text = text.replace(longer, plain)
    return text
