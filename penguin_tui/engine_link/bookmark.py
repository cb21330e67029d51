"""Where a reader of the guide is, and in which language; light, as the first frame needs it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

# the post's steps in its order; each has a text of its name in every language, and a question
STEPS = (
    "load", "look", "prepare", "baseline", "layers", "experiments",
    "schedules", "overfitting", "random", "grid", "hyperband", "conclusion",
)  # fmt: skip
# by the code that a locale begins with and a folder of texts has, each called as it calls itself
LANGUAGES = {"en": "English", "ko": "한국어"}
# what decides the language of messages, the first that is set (POSIX, section 8.2)
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The step, the language, whether the guide is open, and the steps that were answered right."""

    step: str
    language: str
    open: bool = False
    answered: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """The step's place in the guide, from 1."""
        return STEPS.index(self.step) + 1

    def turned(self, by: int) -> "Bookmark":
        """So many steps on; it stays at the ends."""
        place = min(max(0, self.number - 1 + by), len(STEPS) - 1)
        return replace(self, step=STEPS[place])

    def in_next_language(self) -> "Bookmark":
        """The same place in the next of the languages."""
        known = list(LANGUAGES)
        return replace(self, language=known[(known.index(self.language) + 1) % len(known)])

    def with_answer(self) -> "Bookmark":
        """The step's question has been answered right."""
        return replace(self, answered=tuple(dict.fromkeys((*self.answered, self.step))))

    def to_fields(self) -> dict[str, Any]:
        """JSON values, for `bookmark`."""
        return asdict(self)


def bookmark(kept: Mapping[str, Any], environ: Mapping[str, str]) -> Bookmark:
    """The reader's place from JSON values; what they lack, or cannot be, is that of a beginner."""
    found = Bookmark(STEPS[0], locale_language(environ))
    answered = kept.get("answered")
    steps = tuple(s for s in answered if s in STEPS) if isinstance(answered, list | tuple) else ()
    allowed = {
        "step": kept.get("step") in STEPS,
        "language": kept.get("language") in LANGUAGES,
        "open": isinstance(kept.get("open"), bool),
    }
    assert allowed.keys() | {"answered"} == {one.name for one in fields(Bookmark)}
    return replace(found, answered=steps, **{n: kept[n] for n, right in allowed.items() if right})


def locale_language(environ: Mapping[str, str]) -> str:
    """The language of the locale, or English where the guide has no text in it."""
    name = next((environ[n] for n in _LOCALE if environ.get(n)), "")
    code = name.partition(".")[0].partition("_")[0].lower()
    return code if code in LANGUAGES else "en"
