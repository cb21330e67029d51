"""What a list of runs says of a spec, worked out once for each text of a spec.

To read one takes pydantic and the class of its kind, more than all the rest of a list: whoever
lists runs may `recall` what was said before (`penguin_tui.cli.kept_words`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import EngineError
from engine.store.explain import readable

# one of each of so many runs
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class SpecWords:
    """The settings on a line, and what the figures of the run's row are to be read with.

    `chooses_epoch`: the validation set decides which epoch of a training is kept.
    `selection_over` are the folds or seeds that a selection score is the mean of, empty where
    there is none.
    """

    settings: str
    chooses_epoch: bool
    selection_over: str


_known: dict[str, SpecWords | None] = {}


def spec_words(spec: str) -> SpecWords | None:
    """What is said of the spec in the JSON text `spec`; None where this version cannot read it."""
    if spec not in _known:
        if len(_known) >= _MOST:
            _known.clear()
        _known[spec] = _read(spec)
    return _known[spec]


def known_words(spec: str) -> SpecWords | None:
    """What was said of the spec in the JSON text `spec` before; None of one not read yet."""
    return _known.get(spec)


def recall(words: Mapping[str, SpecWords]) -> None:
    """Take these words for those of the specs by whose JSON texts they are given."""
    _known.update(words)


def _read(spec: str) -> SpecWords | None:
    from engine.kinds import load_spec
    from penguin_tui.presentation.settings_line import settings_line

    try:
        with readable("the settings of a run"):
            found = load_spec(spec)
    except EngineError:
        # such a row says so itself
        return None
    rule = getattr(found, "early_stopping", None)
    return SpecWords(
        settings_line(found),
        rule is not None and bool(rule.selects),
        str(getattr(found, "selection_over", "")),
    )
