"""Runs one set of specs under hostile surroundings: every figure has to be the same to the bit.

And nothing of the person's may have been run, and nothing may appear outside the home folder.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from benchmarks.torture.surroundings import (
    ENVIRONMENTS,
    Person,
    Surroundings,
    compile_locale,
    settle,
)
from engine.environment.isolation import provenance_variables

Line = tuple[str, str, str]
ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 300.0
RUNS: Final = {
    "train": {
        "hidden_layers": [12, 8], "epochs": 12, "dropout": 0.3,
        "early_stopping": {"patience": 3, "monitor": "val_loss"},
    },
    "baseline": {},
    "random_search": {
        "hidden_layers": [6], "epochs": 3, "max_trials": 3,
        "vary": {"learning_rate": {"low": 1e-3, "high": 1e-1, "scale": "log"}},
    },
    "describe": {},
}  # fmt: skip
# what a run's JSON says of the moment and of the place
_OF_THE_MOMENT: Final = {
    "run", "test_evaluations", "created",
    "started", "ended", "acknowledged", "seconds", "fit_seconds", "score_seconds",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What the program came to: figures by kind of run, and what should not have happened."""

    figures: dict[str, str]
    broken: tuple[str, ...]


def under_environments(folder: Path) -> list[Line]:
    """Run the same specs under each environment and compare all figures."""
    expected = outcome(folder / "plain", Surroundings()).figures
    lines = []
    for number, (name, around) in enumerate(ENVIRONMENTS.items()):
        print(f"  {name}", file=sys.stderr)
        found = outcome(folder / str(number), around)
        shutil.rmtree(folder / str(number))
        broken = [*found.broken, *differing(expected, found.figures)]
        lost = "BROKEN: " + "; ".join(broken) if broken else "the same to the bit"
        lines.append((f"the same specs, environment: {name}", f"{len(RUNS)} runs", lost))
    return lines


def differing(expected: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """The kinds of run whose figures are not those expected, each with the first that is not."""
    lines = []
    for kind in RUNS:
        pairs = zip_longest(
            expected[kind].splitlines(), found.get(kind, "").splitlines(), fillvalue=""
        )
        other = next((pair for pair in pairs if pair[0] != pair[1]), None)
        if other is not None:
            one, two = (line.strip() for line in other)
            lines.append(f"{kind} has other figures: {one!r} has become {two!r}")
    return lines


def outcome(place: Path, around: Surroundings) -> Outcome:
    """Do all runs in a hostile environment, in a home folder of their own."""
    with started(place, around) as finish:
        return finish()


@contextmanager
def started(place: Path, around: Surroundings) -> Iterator[Callable[[], Outcome]]:
    """Queue all runs in a hostile environment; what is yielded waits for them.

    Several may be started before the first is waited for. The engine ends with the context.
    """
    person = settle(place)
    before = _listed(person)
    program = Program(person, around)
    try:
        program.queue()
        yield lambda: Outcome(program.figures(), (*program.ended(), *_traces(person, before)))
    finally:
        program("engine", "stop")


def _traces(person: Person, before: dict[Path, bytes]) -> list[str]:
    """What was run, written or removed outside the home folder."""
    after = _listed(person)
    ran = set(person.mark.read_text().split()) if person.mark.exists() else set()
    return [
        *(f"{what} was run" for what in sorted(ran)),
        *(f"{path} appeared" for path in after.keys() - before.keys()),
        *(f"{path} is gone" for path in before.keys() - after.keys()),
        *(f"{path} changed" for path in before if after.get(path, before[path]) != before[path]),
    ]


class Program:
    """The command line, started in a hostile environment; `failed` says what did not succeed."""

    def __init__(self, person: Person, around: Surroundings) -> None:
        self.person, self.around = person, around
        compile_locale(person, around)
        self.failed: list[str] = []
        self.runs: dict[str, str] = {}
        folders = {
            "person": person.home, "modules": person.modules, "temporary": person.temporary,
            "locales": person.locales,
        }  # fmt: skip
        self.env = {
            "PENGUIN_TUI_HOME": str(person.place / "home"),
            "PENGUIN_TUI_WORKERS": "1", "PENGUIN_TUI_PRECOMPILE": "0",
            "HOME": str(person.home), "TMPDIR": str(person.temporary),
            "PATH": f"{person.programs}:/usr/bin:/bin",
            # what this machine needs for a library to work is no whim of a person's
            **provenance_variables(),
            **{name: value.format_map(folders) for name, value in around.variables.items()},
        }  # fmt: skip

    def __call__(self, *arguments: str) -> str:
        """What a command prints on standard output."""
        # as the installed script does, which says nothing of the current folder
        start = (
            f"import sys; sys.path[:1] = [{str(ROOT)!r}]; from penguin_tui.cli import main; main()"
        )
        done = subprocess.run(
            [sys.executable, "-c", start, *arguments],
            cwd=self.person.modules if self.around.among_modules else self.person.place,
            env=self.env, umask=self.around.umask, capture_output=True, text=True,
            encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
        if done.returncode:
            self.failed.append(f"{' '.join(arguments)}: {done.stderr.strip()[-400:]}")
        return done.stdout

    def queue(self) -> None:
        """Queue all runs; returns at once."""
        for kind, fields in RUNS.items():
            spec = self.person.place / f"{kind}.json"
            spec.write_text(json.dumps({"kind": kind, **fields}))
            answer = self("run", kind, "--spec", str(spec), "--detach", "--json")
            self.runs[kind] = str(json.loads(answer or '{"run": 0}')["run"])

    def figures(self) -> dict[str, str]:
        """All figures of all runs, by kind, as the command line prints them, without times."""
        # a run is shown beside the baseline of its data, so that none is shown before all ended
        for run in self.runs.values():
            self("log", run, "--follow")
        return {kind: self._figures(run) for kind, run in self.runs.items()}

    def ended(self) -> list[str]:
        """End the engine; returns what did not succeed, that included."""
        self("engine", "stop")
        return self.failed

    def _figures(self, run: str) -> str:
        shown = json.loads(self("show", run, "--json") or "{}")
        parts = [
            json.dumps(_timeless(shown), sort_keys=True, indent=1),
            *(line for line in self("show", run).splitlines() if not _is_timed(line)),
        ]
        if "layers" in shown:
            model = str(self.person.place / f"{run}.keras")
            parts.append(self("export", run, "--model", model, "--preprocessing", "-"))
            parts += _without_seconds(self("export", run, "--epochs", "-"))
        return "\n".join(parts)


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _timeless(v) for k, v in value.items() if k not in _OF_THE_MOMENT}
    return [_timeless(item) for item in value] if isinstance(value, list) else value


def _without_seconds(table: str) -> list[str]:
    """The rows of a table of epochs; folds that are trained at once come in any order."""
    rows = [line.split(",") for line in table.splitlines()]
    kept = [n for n, name in enumerate(rows[0]) if name != "seconds"] if rows else []
    return sorted(",".join(row[n] for n in kept) for row in rows)


def _is_timed(line: str) -> bool:
    """Whether a line says when, how long or how often; a trial's ends with its seconds."""
    return line.startswith(("Run ", "Held-out", "started", "duration")) or line.endswith(
        " s  finished"
    )


def _listed(person: Person) -> dict[Path, bytes]:
    """All files outside the home folder, with what is in them."""
    folders = (person.home, person.modules, person.programs, person.temporary)
    found = [path for folder in folders for path in folder.rglob("*")]
    return {path: path.read_bytes() if path.is_file() else b"" for path in found}
