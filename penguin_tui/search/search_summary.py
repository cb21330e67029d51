"""What a sweep or search came to, in blocks of text for the summary."""

from textual.content import Content

from engine.results import SearchResult, SweepResult
from engine.runs.state import RunState
from engine.store import RunRecord
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import count, counted, figure, percent, sanitize
from penguin_tui.search.search_head import OWN, chosen_sentence, gap_words, value_text
from penguin_tui.tables.text_lines import WARNING, aligned, heading, muted


def tuned_blocks(record: RunRecord, state: RunState) -> list[list[Content]]:
    """The blocks; none of another kind of run."""
    result = state.result
    watched = "test" if record.protocol == "as_published" else "validation"
    if isinstance(result, SweepResult):
        return [[heading("What the sweep says"), chosen_sentence(result, watched)]]
    if isinstance(result, SearchResult):
        return [_note(result), _gap(result), _settings(result), influence_lines(result)]
    return []


def _note(result: SearchResult) -> list[Content]:
    if not result.note:
        return []
    return [Content.styled(f"! {sanitize(result.note)}", f"bold {WARNING}")]


def _gap(result: SearchResult) -> list[Content]:
    spread = f" ± {100 * result.selection_std:.1f}" if result.selection_std is not None else ""
    rows = [("selection score", percent(result.selection_score) + spread)]
    test = result.scores.test
    if test is not None:
        gap = 100 * (result.selection_score - test.accuracy.value)
        rows += [
            ("test score", percent(test.accuracy.value)),
            ("the test score is", gap_words(gap)),
        ]
    return [
        heading("Chosen at, and worth"),
        *aligned(rows),
        muted("The selection score picked the best of many, so it is hopeful; the test score"
              " is of data that chose nothing."),
        muted(f"{counted(result.epochs_spent, 'epoch')} were spent."),
    ]  # fmt: skip


def _settings(result: SearchResult) -> list[Content]:
    used = result.effective_settings
    rows = [
        (setting_label(name), value_text(value),
         value_text(used[name]) if name in used else "not told")
        for name, value in result.best_settings.items()
        if not name.startswith(OWN)
    ]  # fmt: skip
    names = {name for name, *_ in rows}
    rows += [
        (setting_label(name), "", value_text(value))
        for name, value in used.items()
        if setting_label(name) not in names and not name.startswith(OWN)
    ]
    return [
        heading(f"Best settings (candidate {count(result.best_trial)})"),
        *aligned(rows, ("setting", "asked for", "used by the network")),
        muted("t loads them into the Train form."),
    ]


def influence_of(result: SearchResult, setting: str) -> str:
    """What is said of one setting, in a line."""
    for item in result.importances:
        if item.setting == setting:
            if item.value is None:
                return f"Whether {setting_label(setting)} mattered cannot be told."
            return (
                f"{setting_label(setting)}: {figure(item.value, 3)} with the score, {item.method}"
            )
    return ""


def influence_lines(result: SearchResult) -> list[Content]:
    """Which setting mattered, by the method that says so."""
    if not result.importances:
        return []
    rows = [
        (setting_label(item.setting),
         figure(item.value, 3) if item.value is not None else "cannot be told",
         item.method)
        for item in result.importances
    ]  # fmt: skip
    return [
        heading("Which setting mattered"),
        *aligned(rows, ("setting", "with the score", "measured by")),
        muted("From -1 (more is worse) over 0 (no matter) to 1 (more is better); eta squared from"
              " 0 to 1."),
    ]  # fmt: skip
