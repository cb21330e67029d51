"""What a search came to: best settings, selection beside test score, importance."""

from engine.results.search import Importance, SearchResult
from engine.runs.ranking import own_settings, score_std
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted, pairs, warning
from penguin_tui.presentation.results.nested import nested_line
from penguin_tui.presentation.results.scores import scored_blocks
from penguin_tui.presentation.results.trials import settings_text, value_text
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import count, figure, mean_std, percent
from penguin_tui.presentation.words import SD_OVER_FOLDS, SELECTION_SCORE, TEST_SCORE, selection_set

# of each measure of importance: its sign, and how it is read
MEASURES = {
    "Spearman's rank correlation": ("ρ", "ρ from -1 (higher is worse) to 1 (higher is better)"),
    "eta squared": ("η²", "η² from 0 to 1: the fraction of the scores' variance it explains"),
}


def search_lines(record: RunRecord, state: RunState, width: int) -> list[Line]:
    """The outcome in two lines; before them what has to be known of the whole search.

    With outer folds a third says what the search is worth.
    """
    result = state.result
    if not isinstance(result, SearchResult):
        return []
    best = settings_text(result.best_settings, max(40, width - 8))
    score = selection_text(result, state)
    # where there is no room the summary says why
    why = "optimistic: selection bias" if width >= 100 else "optimistic"
    spans = [Span(f"{SELECTION_SCORE} {score} ({why})")]
    test = result.scores.test
    if test is not None:
        spans += [
            Span(f"; {TEST_SCORE} {percent(test.accuracy.value)}, "),
            Span(gap(result), "strong"),
        ]
    head = [*_note(result), line("Best: ", Span(best, "accent")), tuple(spans)]
    return [*head, *nested_line(result, width)]


def selection_text(result: SearchResult, state: RunState) -> str:
    """What chose the best trial: "95.0 % ± 1.4 sd over folds", without folds the mean alone."""
    best = state.trials.get(result.best_trial)
    std = score_std(best) if best is not None else None
    return mean_std(result.selection_score, std) + (f" {SD_OVER_FOLDS}" if std is not None else "")


def _note(result: SearchResult) -> list[Line]:
    return [warning(result.note)] if result.note else []


def gap(result: SearchResult) -> str:
    """How far the test score lies from the selection score, in percentage points."""
    test = result.scores.test
    points = 100 * (result.selection_score - test.accuracy.value) if test is not None else 0.0
    if abs(points) < 0.05:
        return "the same"
    return f"{abs(points):.1f} pp {'lower' if points > 0 else 'higher'}"


def search_summary(record: RunRecord, state: RunState, result: SearchResult) -> list[Block]:
    """Note, selection and test score, best settings, importance, scores."""
    score = selection_text(result, state)
    test = result.scores.test
    rows = [(f"{SELECTION_SCORE} ({selection_set(record)})", score)]
    if test is not None:
        rows.append((TEST_SCORE, f"{percent(test.accuracy.value)}, {gap(result)}"))
    rows.append(("epochs spent", count(result.epochs_spent)))
    bias = muted(
        f"The {SELECTION_SCORE} is the best of many and therefore optimistic (selection bias);"
        f" the {TEST_SCORE} is of rows that chose nothing."
    )
    return [
        Block(lines=tuple(_note(result))),
        pairs(f"{SELECTION_SCORE.capitalize()}, {TEST_SCORE}", rows, [bias]),
        best_settings_block(result),
        importance_block(result, selection_set(record)),
        *scored_blocks(record, state, result),
    ]


def best_settings_block(result: SearchResult) -> Block:
    """Settings of the best trial as requested, and as they took effect."""
    requested, effective = (
        own_settings(result.best_settings),
        own_settings(result.effective_settings),
    )
    rows = [
        (
            setting_label(name),
            value_text(requested.get(name)) if name in requested else "",
            value_text(effective[name]) if name in effective else "not reported",
        )
        for name in {**requested, **effective}
    ]
    title = f"Best settings (trial {count(result.best_trial)})"
    return Block(title, header=("setting", "requested", "effective"), rows=tuple(rows))


def importance_text(item: Importance, selection: str = "validation") -> str:
    """The importance of one hyperparameter: "ρ = 0.95 with validation accuracy"."""
    if item.value is None:
        return "cannot be determined"
    sign, _ = MEASURES.get(_measure(item), (item.method, ""))
    found = f"{sign} = {item.value:.2f} with {selection} accuracy"
    if item.chance is None or item.stands_out:
        return found
    return f"{found}, within chance"


def _measure(item: Importance) -> str:
    """The name of the measure, without over which trials it was taken."""
    return item.method.partition(" (")[0]


def importance_block(result: SearchResult, selection: str = "validation") -> Block:
    """The importance of each hyperparameter, and by which measure."""
    rows = tuple(
        (
            setting_label(item.setting),
            importance_text(item, selection),
            figure(item.chance, 2),
            item.method,
        )
        for item in result.importances
    )
    used = dict.fromkeys(name for name in map(_measure, result.importances) if name in MEASURES)
    notes = tuple(muted(f"{MEASURES[method][1]}.") for method in used)
    if not rows:
        return Block()
    header = ("hyperparameter", "importance", "chance", "measure")
    return Block(
        "Hyperparameter importance", header=header, rows=rows, left=4,
        notes=(*notes, *importance_notes(result)),
    )  # fmt: skip


def importance_notes(result: SearchResult) -> tuple[Line, ...]:
    """What chance gives, and whether any setting stands out."""
    measured = [item for item in result.importances if item.chance is not None]
    if not measured:
        return ()
    what = muted(
        "Chance: the size that one search in twenty passes where no setting matters (scores dealt"
        " out at random)."
    )
    if any(item.stands_out for item in measured):
        return (what,)
    return (what, warning("Nothing stands out: chance gives as much."))


def importance_line(result: SearchResult, setting: str, selection: str) -> Line:
    """The importance of one hyperparameter where there is room for a line."""
    found = next((item for item in result.importances if item.setting == setting), None)
    if found is None:
        return ()
    return line(f"{setting_label(setting)}: {importance_text(found, selection)}, {found.method}")
