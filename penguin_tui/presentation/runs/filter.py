"""The language that chooses runs: for `/` on the Runs screen and for `runs --where`.

    lr<0.01 val>97% kind:train data:penguins tag:final relu "two words" !failed

A word is looked for in what the table shows of a run, its settings too; a number is found as a
whole one, "64" not in "640". `field:word` looks into one field, and
`name < value` compares a setting or a figure. All terms have to hold; `!` turns one round.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args

from engine.kinds import KINDS, label_of
from engine.runs.status import Status
from engine.specs.invalid import Problem, invalid
from engine.specs.typed_text import one_number, parse
from engine.store.records import RunRecord
from penguin_tui.presentation.runs.spec_words import spec_words
from penguin_tui.presentation.runs.values import (
    ABSENT,
    FIGURES,
    KEPT_VALUES,
    close_to,
    full_name,
    known_names,
    setting_named,
    stored_value,
)
from penguin_tui.presentation.text import day

if TYPE_CHECKING:
    from engine.specs.fields import SettingInfo

# whether a run, of which a person reads this text, is one of those looked for
Test = Callable[[RunRecord, str], bool]

# what stands before a colon, and the texts of a run that it looks into
FIELDS: dict[str, Callable[[RunRecord], Iterable[str]]] = {
    "kind": lambda r: _kind_names(r.kind),
    "data": lambda r: (r.data,),
    "target": lambda r: (r.target,),
    "protocol": lambda r: (r.protocol,),
    "status": lambda r: (r.status,),
    "tag": lambda r: r.tags,
    "name": lambda r: (r.name,),
    "note": lambda r: (r.note,),
}
# of which only the whole word counts
_WHOLE = ("tag", "status", "target", "protocol")
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le, ">=": operator.ge, "!=": operator.ne, "=": operator.eq,
    "<": operator.lt, ">": operator.gt,
}  # fmt: skip
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")
_VALUE = r'"[^"]*"?|[^\s"]*'
_TERM = re.compile(
    rf"(?P<turned>!?)(?:"
    rf"(?P<name>[A-Za-z_][\w.]*)\s*(?P<sign><=|>=|!=|=|<|>)\s*(?P<value>{_VALUE})"
    rf"|(?P<field>[A-Za-z_]\w*):(?P<word>{_VALUE})"
    rf'|(?P<text>"[^"]*"?|[^\s"]+))'
)


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What is looked for: terms that all have to hold, and `problems` of those not understood.

    The others apply all the same. `words` are the plain words and the words behind a colon, in
    lower case; `names` the settings and figures that are compared. With `reads` a term looks into
    the text of a run.
    """

    tests: tuple[Test, ...] = ()
    problems: tuple[Problem, ...] = ()
    words: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    reads: bool = False

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.tests)

    def matches(self, record: RunRecord, now: float | None = None) -> bool:
        """Whether all terms hold of a run, at a moment in seconds since 1970."""
        text = haystack(record, now) if self.reads else ""
        return all(test(record, text) for test in self.tests)


def parse_filter(text: str) -> RunFilter:
    """Read a typed filter; a term that is a mistake is left out, with what is wrong with it."""
    tests: list[Test] = []
    found: list[Problem] = []
    words: set[str] = set()
    names: set[str] = set()
    reads = False
    for term in _TERM.finditer(text):
        test, message = _read(term)
        if test is None:
            found.append(Problem(term.group().strip().rstrip(":"), message))
            continue
        tests.append(_turned(test) if term["turned"] else test)
        reads = reads or bool(term["text"])
        if term["name"]:
            names.add(full_name(term["name"]))
        elif not term["turned"]:
            words |= set(_plain(term["word"] or term["text"] or "").split())
    return RunFilter(tuple(tests), tuple(found), frozenset(words), frozenset(names), reads)


def haystack(record: RunRecord, now: float | None = None) -> str:
    """What a plain word is looked for in, at `now`."""
    protocol = record.protocol.replace("_", " ")
    return (
        f"#{record.id} {record.kind} {label_of(record.kind, short=True)} {record.name}"
        f" {record.note} {' '.join(f'#{tag}' for tag in record.tags)} "
        f"{record.data} {record.target} {protocol} {record.protocol} {record.status}"
        f" {day(record.started or record.created, now)}"
    ).casefold()


def _read(term: "re.Match[str]") -> tuple[Test | None, str]:
    """The test of a term, or None and what is wrong with it."""
    if term["name"]:
        return _comparison(full_name(term["name"]), term["sign"], _bare(term["value"]))
    if term["field"]:
        return _in_field(term["field"].lower(), _bare(term["word"]))
    word = _plain(term["text"])
    if not word.strip("!"):
        return None, "a word is required"
    if isinstance(one_number(word), str):
        return (lambda record, text: word in text or word in _settings(record)), ""
    # "3000" and "3,000" are one number
    number = re.compile(rf"(?<![\d.]){re.escape(_ungrouped(word))}(?!\.?\d)")
    return (lambda record, text: any(map(number.search, (text, _settings(record))))), ""


def _settings(record: RunRecord) -> str:
    return _settings_text(record.spec_json)


@lru_cache(maxsize=KEPT_VALUES)
def _settings_text(spec: str) -> str:
    """What the table says of settings, in lower case; nothing of those that cannot be read."""
    words = spec_words(spec)
    return _ungrouped(words.settings.casefold()) if words is not None else ""


def _ungrouped(text: str) -> str:
    return _GROUPED.sub("", text)


def _turned(test: Test) -> Test:
    return lambda record, text: not test(record, text)


def _bare(text: str) -> str:
    return text.strip('"').strip()


def _plain(text: str) -> str:
    return _bare(text).casefold()


# -- field:word -----------------------------------------------------------------------------------


def _in_field(field: str, typed: str) -> tuple[Test | None, str]:
    word = typed.casefold()
    if field not in FIELDS:
        return None, f"there is no such field: {', '.join(FIELDS)}" + close_to(field, FIELDS)
    if not word:
        return None, "a word is required"
    known = {"kind": KINDS, "status": get_args(Status)}.get(field)
    if known is not None and not any(word in text for one in known for text in _names(field, one)):
        return None, invalid(typed, f"one of {', '.join(known)}")
    texts = FIELDS[field]
    if field in _WHOLE:
        return (lambda record, _: word in map(str.casefold, texts(record))), ""
    return (lambda record, _: any(word in text.casefold() for text in texts(record))), ""


def _names(field: str, name: str) -> tuple[str, ...]:
    return _kind_names(name) if field == "kind" else (name,)


def _kind_names(kind: str) -> tuple[str, ...]:
    return kind, label_of(kind).casefold(), label_of(kind, short=True).casefold()


# -- name < value ---------------------------------------------------------------------------------


def _comparison(name: str, sign: str, typed: str) -> tuple[Test | None, str]:
    if not typed:
        return None, "a value is required"
    if name in FIGURES:
        wanted = _number(typed)
        if wanted is None:
            return None, invalid(typed, "a number, or a percentage such as 97%")
        figure, holds = FIGURES[name], OPERATORS[sign]
        return (lambda r, _: (own := figure(r)) is not None and holds(own, wanted)), ""
    setting = setting_named(name)
    if setting is None:
        return None, f"there is no such setting or figure{close_to(name, known_names())}"
    return _of_setting(setting, name, sign, typed)


def _of_setting(
    setting: "SettingInfo", path: str, sign: str, typed: str
) -> tuple[Test | None, str]:
    numeric = setting.is_number or setting.shape == "integers"
    if not numeric and sign not in ("=", "!="):
        return None, f"{path} is no number: use = or !="
    wanted = parse(setting, typed)
    choices = [*setting.choices, *setting.variants]
    known = _is_numeric(wanted, setting) if numeric else wanted is None or not choices
    if not known and _word(wanted) not in map(_word, choices):
        return None, invalid(typed, setting.allowed)
    compare = _numbers if numeric else _words
    holds = OPERATORS[sign]

    def test(record: RunRecord, _: str) -> bool:
        own = stored_value(record.kind, record.spec_json, path)
        return own is not ABSENT and compare(own, wanted, holds)

    return test, ""


def _is_numeric(value: Any, setting: "SettingInfo") -> bool:
    if value is None:
        return setting.optional
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, int | float) for item in items)


def _numbers(own: Any, wanted: Any, holds: Callable[[Any, Any], bool]) -> bool:
    """Of a value for each layer, every one; whole lists are equal or not."""
    if isinstance(own, list) or isinstance(wanted, list):
        owns = own if isinstance(own, list) else [own]
        others = wanted if isinstance(wanted, list) else [wanted]
        if holds in (operator.eq, operator.ne):
            return holds(owns, others)
        return len(others) == 1 and bool(owns) and all(_numbers(v, others[0], holds) for v in owns)
    if own is None or wanted is None:
        return holds in (operator.eq, operator.ne) and holds(own, wanted)
    return holds(own, wanted)


def _words(own: Any, wanted: Any, holds: Callable[[Any, Any], bool]) -> bool:
    """Names are equal in whatever case; of a list one of its names has to be it."""
    if isinstance(own, list) and not isinstance(wanted, list):
        return holds(_word(wanted) in map(_word, own), True)
    return holds(_word(own), _word(wanted))


def _word(value: Any) -> str:
    """A value as it is compared: of a schedule or early stopping its name."""
    if isinstance(value, Mapping):
        value = value.get("name", "on")
    if value is None or value is False:
        return "no"
    text = "on" if value is True else str(value).casefold().replace("-", "_").replace(" ", "_")
    return {"none": "no", "off": "no", "yes": "on"}.get(text, text)


def _number(typed: str) -> float | None:
    value = one_number(typed.removesuffix("%").strip())
    if not isinstance(value, int | float):
        return None
    return value / 100 if typed.endswith("%") else value
