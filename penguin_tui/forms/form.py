"""What a form of a spec holds: texts as typed, read back as a spec or as problems.

No widget is in here. An entry's `id` is its dotted path; settings inside a
variant carry the variant's name (`schedule.step_decay.factor`), since two
schedules may each have a factor of their own.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from engine.kinds import KINDS, make_spec
from engine.specs.data import DataSpec
from engine.specs.fields import SettingInfo, settings_of
from engine.specs.invalid import InvalidSpec
from engine.specs.network import NetworkSpec
from engine.specs.run_spec import RunSpec
from engine.specs.typed_text import parse, show
from penguin_tui.presentation.form_warnings import advice, without_effect

NONE = "none"
DATA_FIELDS: tuple[str, ...] = tuple(setting.name for setting in settings_of(DataSpec))
# what all screens share of the data: which table, and whether its figures are comparable
SHARED_FIELDS = (
    "data", "target", "features", "exclude", "include", "exclude_ids", "protocol", "column_types",
    "delimiter", "quote", "encoding", "decimal", "day_first", "header",
)  # fmt: skip
# the settings a person reaches for first come first; groups not named keep their order
_FIRST = ("Evaluation", "Network", "Training", "Stopping", "Regularization")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a form; `parent` and `variant` say under which choice it unfolds."""

    id: str
    setting: SettingInfo
    parent: str = ""
    variant: str = ""

    @property
    def path(self) -> str:
        """The name on the command line and in problems: `schedule.factor`."""
        return f"{self.parent}.{self.setting.name}" if self.parent else self.id

    @property
    def label(self) -> str:
        """The name as a person reads it."""
        label = self.setting.label
        return label[:1].upper() + label[1:]

    @property
    def options(self) -> tuple[str, ...]:
        """What can be chosen; empty for a setting that is typed."""
        if self.setting.shape == "flag":
            return ("yes", "no")
        if self.setting.shape == "variant":
            return (*((NONE,) if self.setting.optional else ()), *self.setting.variants)
        return tuple(self.setting.choices) if self.setting.shape == "choice" else ()

    def help(self, text: str) -> str:
        """One line about the setting holding `text`: name, what it does, what is allowed."""
        said = f"{self.path}: {self.setting.help}"
        if about := self.setting.about(text):
            said += f" {text}: {about}."
        return said if self.setting.shape == "text" else f"{said} Allowed: {self.setting.allowed}."


@dataclass(frozen=True, slots=True)
class Section:
    """A group of settings under one heading."""

    title: str
    entries: tuple[Entry, ...]

    @property
    def advanced(self) -> bool:
        """Whether nothing in here is needed every day."""
        return all(entry.setting.advanced for entry in self.entries)


@cache
def sections(kind: str, exclude: tuple[str, ...] = ()) -> tuple[Section, ...]:
    """The form of a kind of run: its own settings, then the network's, then the data's."""
    groups: dict[str, list[Entry]] = {}
    for setting in settings_of(KINDS[kind].spec):
        if setting.name not in exclude:
            groups.setdefault(setting.group, []).extend(_entries(setting))
    data = {setting.group for setting in settings_of(DataSpec)}
    network = {setting.group for setting in settings_of(NetworkSpec)}

    def rank(title: str) -> tuple[int, int]:
        usual = _FIRST.index(title) if title in _FIRST else len(_FIRST)
        return (2 if title in data else 1 if title in network else 0, usual)

    return tuple(Section(title, tuple(groups[title])) for title in sorted(groups, key=rank))


def _entries(setting: SettingInfo) -> Iterable[Entry]:
    yield Entry(setting.name, setting)
    for variant, inner in setting.variants.items():
        for each in inner:
            yield Entry(f"{setting.name}.{variant}.{each.name}", each, setting.name, variant)


@cache
def entries(kind: str) -> dict[str, Entry]:
    """All entries of a kind by id."""
    return {entry.id: entry for section in sections(kind) for entry in section.entries}


@cache
def defaults(kind: str) -> dict[str, Any]:
    """The default of every setting of a kind, as JSON fields."""
    return {setting.name: _plain(setting.default) for setting in settings_of(KINDS[kind].spec)}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Reading:
    """A form read: the spec, or what is wrong (by entry id), and what is unusual.

    `others` are problems of fields that are no entry of the form (`vary`), `idle` the entries that
    have no effect beside the others.
    """

    fields: dict[str, Any]
    spec: RunSpec | None
    problems: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    idle: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """A filled form. Text nobody changed stands for exactly the value it was loaded from."""

    kind: str
    texts: dict[str, str]
    loaded: dict[str, tuple[str, Any]]
    extra: dict[str, Any]

    def typed(self, entry: str, text: str) -> "Sheet":
        """The sheet with one text changed."""
        return replace(self, texts=self.texts | {entry: text})

    def with_extra(self, name: str, value: Any) -> "Sheet":
        """The sheet with a field that is no entry, such as `vary`."""
        return replace(self, extra=self.extra | {name: value})

    def shown(self, entry: Entry) -> bool:
        """Whether the entry has a place: its variant, if it is in one, is chosen."""
        return not entry.parent or self.texts[entry.parent] == entry.variant

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON fields as typed, checked or not."""
        found = dict(self.extra)
        for entry in entries(self.kind).values():
            if not entry.parent:
                found[entry.id] = self._value(entry)
        return found

    def _value(self, entry: Entry) -> Any:
        text = self.texts[entry.id]
        if entry.setting.shape == "variant":
            return self._variant(entry, text)
        loaded_text, loaded = self.loaded[entry.id]
        return loaded if text == loaded_text else parse(entry.setting, text)

    def _variant(self, entry: Entry, chosen: str) -> dict[str, Any] | None:
        if chosen == NONE and entry.setting.optional:
            return None
        inner = entries(self.kind)
        values = {
            setting.name: self._value(inner[f"{entry.id}.{chosen}.{setting.name}"])
            for setting in entry.setting.variants[chosen]
        }
        return values if chosen == "on" else {"name": chosen, **values}

    def read(self) -> Reading:
        """Check everything that was typed."""
        fields = self.fields
        idle = without_effect(fields)
        warnings = advice(fields, defaults(self.kind)) | {
            entry.id: warning
            for entry in entries(self.kind).values()
            if self.shown(entry) and (warning := entry.setting.warning(self._value(entry)))
        }
        try:
            spec = make_spec(self.kind, fields)
            return Reading(fields, spec, warnings=warnings, idle=frozenset(idle))
        except InvalidSpec as error:
            found: dict[str, str] = {}
            others: list[str] = []
            for problem in error.problems:
                entry_id, message = self._place(problem.field, problem.message)
                if entry_id:
                    found.setdefault(entry_id, message)
                else:
                    others.append(str(problem))
            warnings = {name: text for name, text in warnings.items() if name not in found}
            return Reading(fields, None, found, warnings, tuple(others), frozenset(idle))

    def _place(self, path: str, message: str) -> tuple[str, str]:
        """The entry a problem belongs to, and the message without the entry's name."""
        if not path:
            # a rule over several fields names them; it belongs to the first
            names = re.findall(r"[a-z_0-9]+", message)
            path = next((name for name in names if name in entries(self.kind)), "")
            message = message.removeprefix(f"{path}: ")
        for entry in entries(self.kind).values():
            if entry.path == path and self.shown(entry):
                return entry.id, message
        return "", message


def filled(kind: str, fields: Mapping[str, Any]) -> Sheet:
    """A form filled with JSON fields; what they do not say has its default."""
    texts: dict[str, str] = {}
    loaded: dict[str, tuple[str, Any]] = {}
    known = entries(kind)
    for entry in known.values():
        value = _value_in(fields, entry)
        texts[entry.id] = text = _text(entry, value)
        loaded[entry.id] = (text, value)
    top = {entry.id for entry in known.values() if not entry.parent}
    extra = {name: value for name, value in fields.items() if name not in top and name != "kind"}
    return Sheet(kind, texts, loaded, extra)


def _value_in(fields: Mapping[str, Any], entry: Entry) -> Any:
    default = entry.setting.default
    if not entry.parent:
        return fields.get(entry.id, default)
    outer = fields.get(entry.parent)
    inner = outer if isinstance(outer, Mapping) else {}
    # a value of the same name in another variant is another setting
    same = inner.get("name", "on") == entry.variant
    return inner.get(entry.setting.name, default) if same else default


def _text(entry: Entry, value: Any) -> str:
    if entry.setting.shape == "variant":
        return _variant_name(entry.setting, value)
    if entry.setting.shape == "integers" and not value:
        return NONE
    if entry.setting.shape == "names" and any(_needs_quoting(str(name)) for name in value or ()):
        return json.dumps(list(value))
    if entry.setting.shape == "text" and not str(value).isprintable():
        return json.dumps(value)
    if entry.setting.shape == "map" and not value:
        return "{}"
    return show(value)


def _variant_name(setting: SettingInfo, value: Any) -> str:
    if value is None or value is False:
        return NONE
    if isinstance(value, str):
        return value if value in setting.variants else next(iter(setting.variants))
    name = value.get("name", "on") if isinstance(value, Mapping) else getattr(value, "name", "on")
    return name if name in setting.variants else next(iter(setting.variants))


def _needs_quoting(name: str) -> bool:
    return "," in name or name != name.strip() or name[:1] in "[{" or not name.isprintable()
