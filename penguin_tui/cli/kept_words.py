"""What lists of runs said of their specs, kept in the home's cache for the next list.

Pydantic and the classes of specs take more time than all the rest of `penguin-tui runs`.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple
from itertools import islice
from pathlib import Path

import engine
import penguin_tui
from engine.errors import EngineError
from engine.store.home import cache_path, private_folder
from engine.store.records import RunRecord
from engine.version import __version__
from penguin_tui.presentation.runs.spec_words import SpecWords, known_words, recall

# by the JSON texts of the specs
Kept = dict[str, SpecWords]
# specs of so many runs; one takes 1.5 kB
MOST = 200
# whose sources say how a spec is read and told of
_READ_BY = (
    Path(engine.__path__[0], "specs"),
    Path(engine.__path__[0], "specs", "kinds"),
    Path(penguin_tui.__path__[0], "presentation"),
    Path(penguin_tui.__path__[0], "presentation", "runs"),
)


def recall_words(home: Path) -> Kept:
    """Say of specs what was said of them before; returns what that is, for `keep_words`."""
    kept = _read(_path(home))
    recall(kept)
    return kept


def keep_words(home: Path, before: Kept, runs: Sequence[RunRecord]) -> None:
    """Keep what was said of the specs of `runs`, newest first, beside what was kept `before`.

    Where nothing can be kept, on a full disk, say, the next list takes longer.
    """
    said = {
        run.spec_json: words for run in runs if (words := known_words(run.spec_json)) is not None
    }
    others = {spec: words for spec, words in before.items() if spec not in said}
    newest = dict(islice((said | others).items(), MOST))
    if newest.keys() != before.keys():
        with suppress(OSError, EngineError):
            _write(_path(home), newest)


def _path(home: Path) -> Path:
    return cache_path(home) / "spec-words.json"


def _read(path: Path) -> Kept:
    try:
        found = json.loads(path.read_bytes())
        if found["by"] != _reader():
            return {}
        return {spec: _words(*words) for spec, words in found["words"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # it is made again
        return {}


def _words(settings: object, chooses_epoch: object, selection_over: object) -> SpecWords:
    match settings, chooses_epoch, selection_over:
        case str(), bool(), str():
            return SpecWords(settings, chooses_epoch, selection_over)
    raise ValueError("not what is said of a spec")


def _write(path: Path, words: Kept) -> None:
    from engine.exports.whole_file import write_whole

    private_folder(path.parent)
    told = {spec: astuple(one) for spec, one in words.items()}
    write_whole(path, json.dumps({"by": _reader(), "words": told}).encode(), force=True)


def _reader() -> str:
    """What has to be the same for the words to be: the version, and in a checkout its sources."""
    sources = (path for folder in _READ_BY for path in folder.glob("*.py"))
    changed = max((path.stat().st_mtime_ns for path in sources), default=0)
    return f"{__version__} {changed}"
