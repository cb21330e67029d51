"""What a run came to, for a person: what `run` and `show` print."""

from collections.abc import Iterator

from engine.results import (
    BaselineResult,
    ConfusionMatrix,
    DescribeResult,
    Interval,
    Misclassified,
    PartScore,
    ReproduceResult,
    Scored,
    SearchResult,
    SweepResult,
    TrainResult,
)
from engine.runs.state import RunState
from engine.store import RunRecord
from penguin_tui.cli.output.console import caution, heading, table
from penguin_tui.cli.output.describe_summary import describe_lines
from penguin_tui.cli.output.progress import progress_line
from penguin_tui.cli.output.search_summary import reproduction_lines, trial_lines, tuned_lines
from penguin_tui.presentation.text import count, counted, duration, figure, percent, sanitize, when

PARTS = (("train", "training"), ("validation", "validation"), ("test", "test"))
# a larger matrix fits no terminal; `--json` has all of it
MATRIX_CLASSES = 12
LISTED_ROWS = 10
LABEL = 24
LEAKS = "as published: leaks, not comparable with strict figures"


def summary(record: RunRecord, state: RunState) -> Iterator[str]:
    """The lines of a summary."""
    yield heading(_title(record))
    yield from _facts(record, state)
    for warning in state.warnings:
        yield caution(f"Note: {sanitize(warning)}")
    if record.live:
        yield progress_line(record, state)
        return
    match state.result:
        case DescribeResult() as described:
            yield from describe_lines(described)
        case BaselineResult() as baseline:
            yield from _scores(baseline, record)
            yield from _matrix(baseline.confusion)
            yield from _coefficients(baseline)
            yield from _misclassified(baseline.misclassified, record)
        case TrainResult() as trained:
            yield from _scores(trained, record)
            yield from _matrix(trained.confusion)
            yield from _layers(trained)
            yield from _misclassified(trained.misclassified, record)
        case SweepResult() | SearchResult() as tuned:
            yield from tuned_lines(record, tuned, state)
            yield from _scores(tuned, record)
            yield from _matrix(tuned.confusion)
            yield from _layers(tuned)
            yield from _misclassified(tuned.misclassified, record)
        case ReproduceResult() as reproduced:
            yield from reproduction_lines(reproduced)
        case None:
            if state.trials and record.kind != "train":
                yield from trial_lines(record, state)


def _title(record: RunRecord) -> str:
    name = f" “{sanitize(record.name, 80)}”" if record.name else ""
    seconds = record.seconds()
    took = f" after {duration(seconds)}" if seconds is not None and not record.live else ""
    return f"Run {record.id}{name}: {record.kind.replace('_', ' ')}, {record.status}{took}"


def _facts(record: RunRecord, state: RunState) -> Iterator[str]:
    facts: list[tuple[str, str]] = []
    if record.message:
        facts.append(("Ended", sanitize(record.message)))
    if record.hint:
        facts.append(("What to do", sanitize(record.hint)))
    if record.note:
        facts.append(("Note", sanitize(record.note)))
    facts.append(("Data", f"{sanitize(record.data, 60)}, target {sanitize(record.target, 60)}"))
    facts.append(("Protocol", LEAKS if record.protocol == "as_published" else record.protocol))
    if state.data is not None:
        rows = ", ".join(f"{sanitize(p, 20)} {count(n)}" for p, n in state.data.split_rows.items())
        features = counted(len(state.data.features), "feature")
        classes = counted(len(state.data.classes), "class", "classes")
        facts.append(("Rows", f"{rows}; {features}, {classes}"))
    if isinstance(state.result, TrainResult | SweepResult | SearchResult):
        result = state.result
        facts.append(
            ("Training", f"{counted(result.epochs_run, 'epoch')}, {result.stop_reason}; "
             f"weights of epoch {count(result.epoch_kept)} kept")
        )  # fmt: skip
        facts.append(("Parameters", count(result.parameters)))
    if isinstance(state.result, BaselineResult):
        settled = "settled" if state.result.converged else "did not settle"
        facts.append(("Solver", f"{settled} after {counted(state.result.iterations, 'iteration')}"))
    facts.append(("Begun", when(record.started or record.created)))
    widest = max(len(label) for label, _ in facts)
    for label, text in facts:
        shown = caution(text) if text == LEAKS else text
        yield f"{label:<{widest}}  {shown}"


def _scores(result: Scored, record: RunRecord) -> Iterator[str]:
    rows = [["", "accuracy", "95 % interval", "macro F1", "log loss", "rows"]]
    for part, label in PARTS:
        score: PartScore | None = getattr(result.scores, part)
        if score is not None:
            rows.append([label, *_part(score)])
    yield ""
    yield from table(rows, right=range(1, 6))
    if result.scores.test is None:
        yield "The test part stays sealed."
    else:
        times = counted(record.test_evaluations, "time")
        yield f"This test part has been scored {times}, by any run."
    if record.protocol == "as_published":
        yield caution(f"These figures are {LEAKS}.")
    shown = result.scores.test or result.scores.validation or result.scores.train
    if len(shown.classes) <= 2 * MATRIX_CLASSES:
        yield ""
        yield from _classes(shown, _name_of(result, shown))


def _name_of(result: Scored, shown: PartScore) -> str:
    return next(label for part, label in PARTS if getattr(result.scores, part) is shown)


def _part(score: PartScore) -> list[str]:
    return [
        percent(score.accuracy.value),
        _bounds(score.accuracy),
        f"{score.macro_f1:.3f}",
        figure(score.log_loss),
        count(score.rows),
    ]


def _bounds(value: Interval) -> str:
    return f"{100 * value.low:.1f} to {100 * value.high:.1f} %"


def _classes(score: PartScore, part: str) -> Iterator[str]:
    rows = [[f"class ({part})", "precision", "recall", "F1", "rows"]]
    rows += [
        [
            sanitize(item.label, LABEL),
            percent(item.precision),
            percent(item.recall),
            f"{item.f1:.3f}",
            count(item.rows),
        ]
        for item in score.classes
    ]
    yield from table(rows, right=range(1, 5))


def _matrix(confusion: ConfusionMatrix) -> Iterator[str]:
    labels = [sanitize(label, LABEL) for label in confusion.labels]
    if len(labels) > MATRIX_CLASSES:
        yield ""
        yield f"The confusion matrix of {count(len(labels))} classes is in --json."
        return
    for part, name in PARTS:
        matrix = getattr(confusion, part)
        if matrix is None:
            continue
        yield ""
        yield heading(f"Confusion matrix, {name}") + " (row: actual class, column: predicted)"
        rows = [["", *labels]]
        rows += [[label, *map(count, line)] for label, line in zip(labels, matrix, strict=True)]
        yield from table(rows, right=range(1, len(labels) + 1))


def _layers(result: TrainResult | SweepResult | SearchResult) -> Iterator[str]:
    rows = [["layer", "output shape", "parameters"]]
    shown = result.layers if len(result.layers) <= 30 else result.layers[:30]
    rows += [
        [
            sanitize(layer.name, 40),
            " × ".join(map(str, layer.output_shape)),
            count(layer.parameters),
        ]
        for layer in shown
    ]
    if len(shown) < len(result.layers):
        rows.append([f"{count(len(result.layers) - len(shown))} more", "", ""])
    yield ""
    yield from table([*rows, ["total", "", count(result.parameters)]], right=(1, 2))


def _coefficients(result: BaselineResult) -> Iterator[str]:
    labels = [sanitize(label, LABEL) for label in result.confusion.labels]
    if len(labels) > MATRIX_CLASSES:
        return
    features = result.features[:40]
    rows = [["coefficient", *labels]]
    rows += [
        [sanitize(feature, 40), *(f"{line[i]:.3f}" for line in result.coefficients)]
        for i, feature in enumerate(features)
    ]
    if len(features) < len(result.features):
        rows.append([f"{count(len(result.features) - 40)} more", *("" for _ in labels)])
    rows.append(["(intercept)", *(f"{value:.3f}" for value in result.intercepts)])
    yield ""
    yield from table(rows, right=range(1, len(labels) + 1))


def _misclassified(found: tuple[Misclassified, ...], record: RunRecord) -> Iterator[str]:
    if not found:
        return
    rows = [["misclassified row", "part", "actual", "predicted", "probability"]]
    rows += [
        [
            count(item.row),
            item.split,
            sanitize(item.actual, LABEL),
            sanitize(item.predicted, LABEL),
            percent(item.probability),
        ]
        for item in _most_telling(found)
    ]
    yield ""
    yield from table(rows, right=(0, 4))
    if len(found) > LISTED_ROWS:
        more = count(len(found) - LISTED_ROWS)
        yield f"{more} more: penguin-tui export {record.id} --misclassified FILE.csv"


def _most_telling(found: tuple[Misclassified, ...]) -> list[Misclassified]:
    """Rows of the test part first: they say most about what the network does not know."""
    order = {"test": 0, "validation": 1, "train": 2}
    return sorted(found, key=lambda item: (order[item.split], item.row))[:LISTED_ROWS]
