"""An answer marked: the newest run that the question can be marked from, right or wrong."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from engine.kinds import load_spec, make_spec
from engine.results.describe import DescribeResult
from engine.runs.state import RunState, fold
from engine.specs.run_spec import RunSpec
from engine.store import queries
from penguin_tui.guide import solutions
from penguin_tui.guide.solutions import Solution
from penguin_tui.guide.texts import words
from penguin_tui.presentation.data_text import is_of

if TYPE_CHECKING:
    from engine.store.store import Store

# instead of an answer: show what is right
SHOW = "?"
# runs of a question's kind that are looked at, the newest first
RECENT = 20
Outcome = Literal["right", "wrong", "shown", "unreadable", "no_run"]
Solve = Callable[[RunSpec, RunState], Solution | None]


@dataclass(frozen=True, slots=True)
class Question:
    """The kinds of run that it is marked from, and what is right of one; `describe`: the data."""

    kinds: tuple[str, ...]
    solve: Solve


QUESTIONS: Mapping[str, Question] = {
    "load": Question(("describe",), solutions.majority),
    "look": Question(("describe",), solutions.separating_column),
    "prepare": Question(("describe",), solutions.inputs),
    "baseline": Question(("baseline",), solutions.one_row),
    "layers": Question(("train",), solutions.parameters),
    "experiments": Question(("sweep",), solutions.alike_values),
    "schedules": Question(("train",), solutions.last_rate),
    "overfitting": Question(("train",), solutions.kept_epoch),
    "random": Question(("random_search",), solutions.alike_trials),
    "grid": Question(("grid_search",), solutions.trainings),
    "hyperband": Question(("hyperband",), solutions.whole_trainings),
    "conclusion": Question(("evaluate",), solutions.conclusion),
}


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of an answer, the figures that explain it, and the run they are of, if any."""

    outcome: Outcome
    figures: Mapping[str, str] = field(default_factory=dict)
    run: int | None = None


def marked(
    store: "Store", choice: Mapping[str, Any], step: str, typed: str, language: str
) -> Marked:
    """Mark what a reader typed as the answer to a step's question.

    `choice` are the data that are chosen. Reads the store: not for the event loop's thread.
    """
    question = QUESTIONS[step]
    runs = _looks(store, choice) if question.kinds == ("describe",) else ()
    for number, spec, state in runs or _runs(store, choice, question.kinds):
        solution = question.solve(spec, state)
        if solution is not None:
            figures = _in_words(solution, language)
            return Marked(_outcome(solution, typed, language), figures, number)
    return Marked("no_run")


_Found = tuple[int | None, RunSpec, RunState]


def _looks(store: "Store", choice: Mapping[str, Any]) -> list[_Found]:
    """What was found in the chosen data, the last used first."""
    known = {name: v for name, v in choice.items() if name in RunSpec.model_fields}
    wanted = make_spec("describe", known).data_spec
    return [
        (None, spec, RunState(result=DescribeResult.model_validate_json(body)))
        for arguments, body in queries.kept_answers(store, "describe")
        if (spec := load_spec(arguments)).data_spec == wanted
    ]


def _runs(store: "Store", choice: Mapping[str, Any], kinds: tuple[str, ...]) -> Iterator[_Found]:
    """Finished runs of these kinds on the chosen data, the newest first."""
    fitting = (
        record for record in store.runs()
        if record.kind in kinds and record.status == "finished" and is_of(record, choice)
        and record.unreadable is None
    )  # fmt: skip
    for _, record in zip(range(RECENT), fitting, strict=False):
        yield record.id, record.spec, fold(RunState(), store.events(record.id)[1])


def _in_words(solution: Solution, language: str) -> Mapping[str, str]:
    """The figures, with what is right in the reader's language where it is a word of ours."""
    if not solution.choices:
        return solution.figures
    answer = solution.figures["answer"]
    return {**solution.figures, "answer": words(language).get(answer, answer)}


def _outcome(solution: Solution, typed: str, language: str) -> Outcome:
    if typed.strip() == SHOW:
        return "shown"
    if solution.choices:
        chosen = _chosen(typed, solution.choices, language)
        readable, right = bool(chosen), chosen == {solution.value}
    else:
        numbers = _numbers(typed)
        # what is written is rounded: it differs in the last place
        near = solution.tolerance + 1e-9
        readable, right = (
            bool(numbers),
            any(abs(n - float(solution.value)) <= near for n in numbers),
        )
    if not readable:
        return "unreadable"
    return "right" if right else "wrong"


def _chosen(typed: str, choices: tuple[str, ...], language: str) -> set[str]:
    """The choices that are meant: the one of that name, else those that begin so."""
    text = typed.strip().casefold()
    known = {
        name.casefold(): choice
        for choice in choices
        for name in (choice, words(language).get(choice, choice))
    }
    if text in known:
        return {known[text]}
    return {choice for name, choice in known.items() if text and name.startswith(text)}


def _numbers(typed: str) -> set[float]:
    """What a typed number may be, which is two where its comma may be of either kind."""
    text = re.sub(r"(%p|%|pp|×|x|\s)", "", typed.strip())
    found = set()
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        found.add(float(text.replace(",", "")))
    if re.fullmatch(r"[+-]?\d*[.,]?\d+", text):
        found.add(float(text.replace(",", ".")))
    return found
