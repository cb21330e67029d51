"""The fields of a kind of run as a person reads them."""

import shutil
import textwrap
from collections.abc import Iterator

from engine.kinds import KINDS
from engine.specs.derived_settings import DERIVED, variable_settings
from engine.specs.fields import SettingInfo, settings_of
from engine.specs.typed_text import show
from engine.specs.varying import VaryingSpec
from penguin_tui.presentation.blocks import Line, Span, line

WIDEST = 100


def field_lines(kind: str) -> Iterator[str | Line]:
    """Every field by group, then what a search space may have, then the presets."""
    model = KINDS[kind].spec
    columns = min(WIDEST, shutil.get_terminal_size().columns)
    yield _heading(f"{kind}: {KINDS[kind].summary}")
    groups: dict[str, list[SettingInfo]] = {}
    for setting in settings_of(model):
        groups.setdefault(setting.group, []).append(setting)
    for group, members in groups.items():
        yield ""
        yield _heading(group)
        for setting in members:
            yield from _field(setting, columns)
    if issubclass(model, VaryingSpec):
        yield from _varying(model, columns)
    if KINDS[kind].presets:
        yield ""
        yield _heading("Presets (--preset NAME)")
        yield from _wrapped(", ".join(KINDS[kind].presets), "  ", columns)


def _heading(text: str) -> Line:
    return (Span(text, "title"),)


def _field(setting: SettingInfo, columns: int) -> Iterator[str | Line]:
    name = setting.name
    yield line("  ", Span(name, "title"), f" = {_default(setting)}")
    yield from _wrapped(_help(setting), "      ", columns)
    for variant, inner in setting.variants.items():
        for each in inner:
            words = f" (of {variant})" if variant != "on" else ""
            yield from _inner(each, f"{name}.{each.name}", words, columns)


def _inner(setting: SettingInfo, name: str, words: str, columns: int) -> Iterator[str | Line]:
    text = f"{name}{words} = {_default(setting)}. {_help(setting)}"
    yield from _wrapped(text, "      ", columns, hanging="          ")


def _default(setting: SettingInfo) -> str:
    value = setting.default
    if hasattr(value, "name"):
        text = str(value.name)
    else:
        text = "none" if value in (None, (), [], {}) else show(value)
    return f"{text} {setting.unit}" if setting.unit else text


def _help(setting: SettingInfo) -> str:
    return f"{setting.help} Allowed: {setting.allowed}."


def _varying(model: type[VaryingSpec], columns: int) -> Iterator[str | Line]:
    yield ""
    yield _heading("Hyperparameters of the search space (--vary SETTING=RANGE, at least one)")
    plain = [name for name in variable_settings(model) if name not in DERIVED]
    yield from _wrapped(", ".join(plain), "  ", columns)
    for name, info in DERIVED.items():
        yield from _wrapped(f"{name}: {info.help}", "  ", columns)
    yield from _wrapped(
        "Ranges: 2..16 (whole values), 16..256/16 (every 16th), log:1e-4:1e-1 (log"
        " scale), linear:0.001:0.011, or a list 0.2,0.4,0.6.",
        "  ",
        columns,
    )


def _wrapped(text: str, indent: str, columns: int, hanging: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        max(40, columns),
        initial_indent=indent,
        subsequent_indent=hanging or indent,
        break_on_hyphens=False,
    )
