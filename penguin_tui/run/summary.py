"""The summary of a run: figures with their uncertainty, how it ended, what it used."""

import time
from typing import Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engine.results import (
    DescribeResult,
    PartScore,
    Scored,
    SearchResult,
    SweepResult,
    TrainResult,
)
from engine.runs.state import RunState
from engine.specs import RunSpec, to_fields
from engine.store import RunRecord
from penguin_tui.forms.form import Entry, entries, filled
from penguin_tui.presentation.setting_text import range_text, setting_label
from penguin_tui.presentation.text import (
    count,
    counted,
    duration,
    figure,
    interval,
    percent,
    sanitize,
    when,
)
from penguin_tui.search.search_summary import tuned_blocks
from penguin_tui.tables.text_lines import WARNING, aligned, heading, joined, muted

PARTS = (("train", "training"), ("validation", "validation"), ("test", "test"))
LABEL = 24


class Summary(VerticalScroll, can_focus=True):
    """Scrolled text."""

    BINDING_GROUP_TITLE = "Summary"
    DEFAULT_CSS = """
    Summary {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
        Static { height: auto; width: 100%; }
    }
    """

    def __init__(self) -> None:
        super().__init__(Static("", markup=False))

    def show(self, record: RunRecord, state: RunState) -> None:
        """Write the summary anew."""
        clock = getattr(self.app, "clock", time.time)
        self.query_one(Static).update(summary(record, state, clock()))


def summary(record: RunRecord, state: RunState, now: float) -> Content:
    """The whole text as of `now`, in seconds since 1970."""
    result = state.result
    blocks: list[list[Content]] = tuned_blocks(record, state)
    if isinstance(result, Scored):
        blocks += [_scores(record, result), _classes(result)]
    elif isinstance(result, DescribeResult):
        blocks.append(_described(result))
    elif record.live:
        blocks.append([muted("The figures come when the run has finished.")])
    blocks += [_used(record, state), _settings(record), _origin(record, now)]
    return joined(blocks)


def _scores(record: RunRecord, result: Scored) -> list[Content]:
    rows = [
        (name, count(score.rows), interval(score.accuracy), figure(score.macro_f1, 3),
         figure(score.log_loss))
        for part, name in PARTS
        if (score := _score(result, part)) is not None
    ]  # fmt: skip
    lines = [
        heading("Accuracy"),
        *aligned(rows, ("part", "rows", "accuracy (95 % interval)", "macro F1", "log loss")),
    ]
    if result.scores.test is None:
        lines.append(muted("The test part stays sealed: the run was stopped."))
    else:
        times = counted(max(1, record.test_evaluations), "time")
        lines.append(muted(f"The test part has been scored {times}; choose by validation."))
    if record.protocol == "as_published":
        lines.append(
            Content.styled(
                "As published: the test part also steered the training and was scaled by its own"
                " range. It leaks; do not compare with strict figures.", WARNING
            )
        )  # fmt: skip
    return lines


def _score(result: Scored, part: str) -> PartScore | None:
    found: PartScore | None = getattr(result.scores, part)
    return found


def _classes(result: Scored) -> list[Content]:
    part, score = next(
        (name, found)
        for key, name in (*PARTS[1:], PARTS[0])
        if (found := _score(result, key)) is not None
    )
    rows = [
        (sanitize(one.label, LABEL), percent(one.precision), percent(one.recall),
         figure(one.f1, 3), count(one.rows))
        for one in score.classes
    ]  # fmt: skip
    return [
        heading(f"By class, {part} part"),
        *aligned(rows, ("class", "precision", "recall", "F1", "rows")),
    ]


def _described(result: DescribeResult) -> list[Content]:
    return [
        heading("Data"),
        Content(f"{counted(result.rows, 'row')}, {counted(len(result.columns), 'column')}"),
        *aligned([(sanitize(label, LABEL), count(rows)) for label, rows in result.classes],
                 (sanitize(result.target, LABEL), "rows")),
        muted("Screen 1 shows the data in full."),
    ]  # fmt: skip


def _used(record: RunRecord, state: RunState) -> list[Content]:
    """What the network really had, read from it and not from the form."""
    rows: list[tuple[str, str]] = []
    if state.data is not None:
        features, classes = len(state.data.features), len(state.data.classes)
        rows.append(("inputs, classes", f"{count(features)}, {count(classes)}"))
        parts = [f"{count(rows)} {name}" for name, rows in state.data.split_rows.items()]
        rows.append(("rows", ", ".join(parts)))
    if state.network is not None:
        rows.append(("parameters", count(state.network.parameters)))
        rows.append(("steps in an epoch", count(state.network.steps_per_epoch)))
    trial = state.trials.get(0) if record.kind == "train" else None
    if trial is not None:
        rows += [
            ("learning rate, last" if name == "learning_rate" else name.replace("_", " "),
             figure(value) if isinstance(value, float) else sanitize(str(value)))
            for name, value in trial.effective_settings.items()
        ]  # fmt: skip
    if isinstance(state.result, TrainResult | SweepResult | SearchResult):
        rows.append(("epoch kept", count(state.result.epoch_kept)))
        rows.append(("ended because", sanitize(state.result.stop_reason)))
    return [heading("What took effect"), *_pairs(rows)] if rows else []


def _settings(record: RunRecord) -> list[Content]:
    chosen = chosen_settings(record.spec)
    rows = [(entry.label, sanitize(text)) for entry, text in chosen]
    varied = to_fields(record.spec).get("vary", {})
    rows += [
        (f"Varied: {setting_label(name)}", sanitize(range_text(d))) for name, d in varied.items()
    ]
    rest = "Everything else has its default." if rows else "Every setting has its default."
    return [heading("Settings"), *_pairs(rows), muted(rest)]


def chosen_settings(spec: RunSpec) -> list[tuple[Entry, str]]:
    """The settings that are not at their default, as a form shows them."""
    sheet = filled(spec.kind, to_fields(spec))
    plain = filled(spec.kind, {})
    return [
        (entry, sheet.texts[entry.id])
        for entry in entries(spec.kind).values()
        if sheet.shown(entry)
        and (sheet.texts[entry.id] != plain.texts[entry.id] or not plain.shown(entry))
    ]


def _origin(record: RunRecord, now: float) -> list[Content]:
    rows = [
        ("data", f"{sanitize(record.data)}, target {sanitize(record.target)}"),
        ("protocol", record.protocol.replace("_", " ")),
        ("begun", when(record.started, now) if record.started else "not yet"),
        ("duration", duration(record.seconds(now))),
    ]
    if record.data_sha256:
        rows.append(("data SHA-256", record.data_sha256[:16]))
    rows += [
        (name.replace("_", " "), sanitize(_short(value)))
        for name, value in record.provenance.items()
        if name not in ("argv",)
    ]
    lines = [heading("Where it comes from"), *_pairs(rows)]
    if record.note:
        lines.append(Content(f"note: {sanitize(record.note)}"))
    return lines


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {text}" for name, text in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _pairs(rows: list[tuple[str, str]]) -> list[Content]:
    width = max((len(name) for name, _ in rows), default=0)
    return [
        Content.assemble((name.ljust(width), "$foreground 75%"), "  ", text) for name, text in rows
    ]
