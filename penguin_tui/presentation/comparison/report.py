"""Runs side by side: scores, the settings that differ, and every two of them row by row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from engine.comparison.comparison import Comparison
from engine.comparison.outcome import Outcome
from engine.comparison.pairs import Pair
from engine.environment.provenance import trainer_of
from engine.kinds import KINDS, label_of, varies
from engine.results.scores import SCORES
from engine.store.records import RunRecord
from engine.version import TRAINER
from penguin_tui.presentation.blocks import Block, Line, muted
from penguin_tui.presentation.results.evaluation import difference
from penguin_tui.presentation.results.scores import score_text
from penguin_tui.presentation.runs.columns import described, selection
from penguin_tui.presentation.setting_text import plain_value, range_text, setting_label
from penguin_tui.presentation.text import (
    NOTHING,
    band,
    clipped,
    count,
    counted,
    interval,
)
from penguin_tui.presentation.words import OPTIMISTIC, ROWS_95, chosen_epoch, published

# of a run's name and settings, and of the value of a setting
NAME, VALUE = 30, 24
# row numbers that are listed of a pair; `--json` has all
LISTED = 30
# below it a p-value is not told from 0
SMALLEST_P = 0.001


def comparison_blocks(found: Comparison) -> Iterator[Block]:
    """All of it, as the command line prints it."""
    yield scores_block(found)
    yield settings_block(found)
    yield pairs_block(found)
    yield rows_block(found)


# -- scores ---------------------------------------------------------------------------------------


def scores_block(found: Comparison) -> Block:
    """A line for each run: its scores on the validation set, and its accuracy on the test set."""
    titles = (f"{one.label}, {ROWS_95}" if one.interval else one.label for one in SCORES)
    return Block(
        "Scores on the validation set",
        header=("run", "name, settings", *titles, "test accuracy"),
        rows=tuple(score_cells(one) for one in found.outcomes),
        left=2,
        notes=tuple(score_notes(found.outcomes)),
    )


def score_cells(one: Outcome) -> tuple[str, ...]:
    """Number, name with settings, the scores on the validation set, and the test accuracy."""
    record = one.record
    name = described(record, NAME)
    test = record.test_accuracy
    tested = f"{interval(test)} ×{record.test_evaluations}" if test is not None else NOTHING
    if one.folds:
        _, model = one.folds
        return str(one.run), name, band(model.accuracy), *[NOTHING] * (len(SCORES) - 1), NOTHING
    score = one.validation
    own = [score_text(info, score) if score else NOTHING for info in SCORES]
    if score is None and record.selection_score is not None:
        own[0] = f"{selection(record)}, {OPTIMISTIC}"
    return str(one.run), name, *own, tested


def score_notes(outcomes: Sequence[Outcome]) -> Iterator[Line]:
    """What has to be known to read the scores."""
    chosen = [one for one in outcomes if varies(one.record.kind) or chosen_epoch(one.record)]
    if chosen:
        runs = _runs(one.run for one in chosen)
        yield muted(f"{runs} chose an epoch or trial by validation: {OPTIMISTIC} (selection bias).")
    if any(one.record.test_accuracy is not None for one in outcomes):
        yield muted("× says how often a held-out test set was evaluated; choose by validation.")
    older = [one.record for one in outcomes if _older_trainer(one.record)]
    if older:
        runs, verb = _runs(one.id for one in older), "was" if len(older) == 1 else "were"
        yield muted(
            f"{runs} {verb} trained by an older trainer, whose figures differ from the same seed."
        )
    if any(published(one.record) for one in outcomes):
        yield muted("As published: no validation set, and the test set leaks.")


def _older_trainer(record: RunRecord) -> bool:
    kind = KINDS.get(record.kind)
    trains = kind is not None and kind.needs != "data"
    return trains and bool(record.provenance) and trainer_of(record.provenance) != TRAINER


def _runs(numbers: Iterable[int]) -> str:
    found = [str(number) for number in numbers]
    return f"{'Run' if len(found) == 1 else 'Runs'} {', '.join(found)}"


# -- settings -------------------------------------------------------------------------------------


def settings_block(found: Comparison) -> Block:
    """The settings that differ, a column for each run."""
    if not found.settings:
        return Block("Settings", notes=(muted("The runs have the same settings."),))
    runs = [one.run for one in found.outcomes]
    return Block(
        "Settings that differ",
        header=("setting", *map(str, runs)),
        rows=tuple(
            (
                setting_title(name),
                *(setting_value(name, values[run]) if run in values else NOTHING for run in runs),
            )
            for name, values in found.settings.items()
        ),
    )


def setting_title(name: str) -> str:
    """A setting as a person reads it; what a search varies as "over learning rate"."""
    return setting_label(name).replace("vary.", "over ")


def setting_value(name: str, value: Any) -> str:
    """A value of a setting, of what a search varies its range, briefly."""
    if name == "kind":
        return label_of(value)
    text = range_text(value) if name.startswith("vary.") else plain_value(value)
    return clipped(text or "none", VALUE)


# -- pairs ----------------------------------------------------------------------------------------


def pairs_block(found: Comparison) -> Block:
    """Every two runs: who gets right what the other does not, the difference, and what it says."""
    rows = tuple(pair_row(one) for one in found.pairs)
    return Block(
        "Every two of them",
        header=PAIR_COLUMNS,
        rows=rows,
        below=tuple(one.why_not and f"not paired: {one.why_not}" for one in found.pairs),
        notes=tuple(pair_notes(found.pairs)),
    )


PAIR_COLUMNS = ("runs", "only 1st right", "only 2nd right", "difference, pp", "p", "verdict")


def pair_row(one: Pair) -> tuple[str, ...]:
    """A pair: its runs, the rows that only one gets right, difference, p-value and verdict."""
    own = (one.only_a_right, one.only_b_right)
    counts = (count(len(rows)) if rows is not None else NOTHING for rows in own)
    return f"{one.a}, {one.b}", *counts, difference(one.difference), p_text(one.p), verdict(one)


def verdict(one: Pair) -> str:
    """The first run against the second; marked where it does not outlast Holm's correction."""
    return f"{one.verdict or NOTHING}{' *' if one.by_chance else ''}"


def p_text(p: float | None) -> str:
    """A p-value to three decimals."""
    if p is None:
        return NOTHING
    return f"{p:.3f}" if p >= SMALLEST_P else f"< {SMALLEST_P}"


def pair_notes(pairs: Sequence[Pair]) -> Iterator[Line]:
    """How the pairs are to be read."""
    if any(one.p is not None for one in pairs):
        yield muted("On the same validation rows: exact McNemar test, interval over rows.")
    if any(one.verdict and one.p is None for one in pairs):
        yield muted("Evaluations fold by fold: interval over splits (Nadeau and Bengio).")
    if any(one.verdict for one in pairs):
        yield muted("The verdict is on the first; equivalent: within 1 pp (percentage point).")
    if any(one.by_chance for one in pairs):
        number = sum(one.p is not None for one in pairs)
        yield muted(f"* does not outlast Holm's correction for {counted(number, 'pair')}.")


def rows_block(found: Comparison) -> Block:
    """The rows of the file that only one of a pair gets right."""
    lines = [line for one in found.pairs for line in pair_lines(one)]
    return Block("Rows only one gets right", rows=tuple(lines), left=2)


def pair_lines(one: Pair) -> Iterator[tuple[str, str]]:
    """Both directions of a pair, those with rows: who, and their numbers in the file."""
    for right, wrong, rows in directions(one):
        if rows:
            yield f"{right} right, {wrong} wrong", row_numbers(rows)


def directions(one: Pair) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Who is right, who is wrong, and in which rows; nothing of runs that share no rows."""
    for right, wrong, rows in ((one.a, one.b, one.only_a_right), (one.b, one.a, one.only_b_right)):
        if rows is not None:
            yield right, wrong, rows


def row_numbers(rows: Sequence[int]) -> str:
    """Numbers of rows, the first ones where they are many."""
    more = f" and {count(len(rows) - LISTED)} more" if len(rows) > LISTED else ""
    return ", ".join(map(str, rows[:LISTED])) + more
