"""How a classifier does: scores of each set, of each class, confusion, misclassified rows."""

from collections.abc import Iterator, Mapping

from engine.results.interval import Interval
from engine.results.scores import (
    SCORES,
    Matrix,
    Misclassified,
    Scored,
    ScoreInfo,
    SetScore,
)
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted, warning
from penguin_tui.presentation.text import (
    NOTHING,
    clipped,
    count,
    counted,
    figure,
    interval,
    percent,
    short,
    shortened,
)
from penguin_tui.presentation.words import (
    LEAKAGE,
    OPTIMISTIC,
    ROWS_95,
    SETS,
    SHORT_SETS,
    TELLING,
    SetName,
    chosen_epoch,
    evaluated,
    published,
    set_name,
)

LABEL = 24
# a larger matrix fits no terminal; `--json` has all of it
MATRIX_CLASSES = 12
# figures by class of more classes than these are no summary any more
LISTED_CLASSES = 24
# printed of the misclassified ones; a table on screen has all that were kept
LISTED_ROWS = 10
# between a loss in single precision and one in double
ROUNDING = 1e-6


def scored_blocks(record: RunRecord, state: RunState, result: Scored) -> list[Block]:
    """The scores of every set, and those of each class."""
    return [score_block(record, result), class_block(result)]


def score_block(record: RunRecord, result: Scored) -> Block:
    """Every score of every set, with intervals where there are any."""
    rows = [
        (
            SETS[name],
            count(score.rows),
            percent(score.majority_accuracy),
            *(score_text(info, score) for info in SCORES),
        )
        for name, score in scored_sets(result)
    ]
    titles = (f"{info.label}, {ROWS_95}" if info.interval else info.label for info in SCORES)
    if result.scores.test is None:
        notes = [muted("The held-out test set was not evaluated: the run was stopped.")]
    else:
        times = evaluated(record)
        advice = "" if published(record) else "; choose by validation"
        notes = [muted(f"Held-out test set {times}, by any run{advice}.")]
    if published(record):
        notes.append(warning(LEAKAGE))
    notes += [*loss_lines(result), *best_epoch_lines(record)]
    header = ("set", "rows", "majority", *titles)
    return Block("Scores", header=header, rows=tuple(rows), notes=tuple(notes))


def loss_lines(result: Scored) -> list[Line]:
    """What the loss of a network, as training and early stopping see it, is made of."""
    score = result.scores.validation
    loss, log_loss = (score.figures.get(name) for name in ("loss", "log_loss")) if score else (0, 0)
    if not isinstance(loss, float) or not isinstance(log_loss, float):
        return []
    penalties = figure(max(0.0, loss - log_loss)) if loss - log_loss > ROUNDING else "0"
    return [
        muted(f"val_loss {figure(loss)} = log loss {figure(log_loss)} + penalties {penalties}.")
    ]


def best_epoch_lines(record: RunRecord) -> list[Line]:
    """What the best epoch of a training came to: not the figure of the network that was kept."""
    if record.best_epoch_val_accuracy is None:
        return []
    shown = f"Best epoch: validation accuracy {percent(record.best_epoch_val_accuracy)}"
    chosen = f", {OPTIMISTIC} (selection bias): early stopping has chosen the epoch"
    return [muted(shown + chosen * chosen_epoch(record) + ".")]


def scored_sets(result: Scored) -> list[tuple[SetName, SetScore]]:
    """The sets that have been evaluated, training first."""
    found = ((name, getattr(result.scores, name)) for name in SETS)
    return [(name, score) for name, score in found if score is not None]


def score_text(info: ScoreInfo, score: SetScore) -> str:
    """One score of one set, as its entry says; a dash where the run is older than the score."""
    value = score.figures.get(info.name)
    if value is None:
        return NOTHING
    if isinstance(value, Interval):
        return interval(value)
    if info.unit == "percent":
        return percent(value)
    return f"{value:.3f}" if info.unit == "fraction" else figure(value)


def class_block(result: Scored) -> Block:
    """Precision, recall and F1 of each class, in the set that one chooses by."""
    scored = dict(scored_sets(result))
    name = next(name for name in TELLING if name in scored)
    classes = scored[name].classes
    if len(classes) > LISTED_CLASSES:
        return Block()
    labels = shortened([one.label for one in classes], LABEL)
    rows = tuple(
        (
            label,
            percent(one.precision),
            percent(one.recall),
            f"{one.f1:.3f}",
            count(one.rows),
        )
        for label, one in zip(labels, classes, strict=True)
    )
    title = f"By class, {SETS[name]} set"
    return Block(title, header=("class", "precision", "recall", "F1", "rows"), rows=rows)


# -- accuracies in a line -------------------------------------------------------------------------


def accuracy_lines(
    record: RunRecord, state: RunState, width: int, *, brief: bool = False
) -> list[Line]:
    """The accuracies with their intervals, and what has to be known to read them.

    With `brief` no more than that: how often the test set was evaluated stands behind its accuracy.
    """
    found = [(name, value) for name in SETS if (value := _accuracy(record, state, name))]
    if not found:
        return []
    tail = []
    tested = found[-1][0] == "test" and record.test_evaluations
    if brief:
        tail.append("(95 % over rows)")
    else:
        if record.parameters is not None:
            tail.append(counted(record.parameters, "parameter"))
        if tested:
            tail.append(f"test set {evaluated(record)}")
        tail.append("in brackets: 95 % over rows")
    names = SETS if width >= 100 else SHORT_SETS
    spans = []
    for place, (name, value) in enumerate(found):
        gap = ("   " if width >= 100 else "  ") * bool(place)
        whole, accuracy = interval(value), percent(value.value)
        spans += [Span(f"{gap}{names[name]} ", "muted"), Span(accuracy, "strong")]
        spans.append(Span(whole.removeprefix(accuracy)))
    if brief and tested:
        spans.append(Span(f" ×{record.test_evaluations}"))
    return [tuple(spans), muted(" · ".join(tail))]


def _accuracy(record: RunRecord, state: RunState, name: SetName) -> Interval | None:
    stored = record.accuracy(SHORT_SETS[name])
    if stored is not None or not isinstance(state.result, Scored):
        return stored
    score: SetScore | None = getattr(state.result.scores, name)
    return score.accuracy if score is not None else None


# -- confusion ------------------------------------------------------------------------------------


def confusion_title(name: str) -> str:
    """The title of a set's confusion matrix."""
    return f"Confusion matrix, {set_name(name)} set"


def confusion_blocks(record: RunRecord, state: RunState, brief: bool) -> list[Block]:
    """The matrices of all sets: actual classes as rows, predicted ones as columns."""
    if not isinstance(state.result, Scored):
        return []
    confusion = state.result.confusion
    labels = tuple(shortened(confusion.labels, LABEL))
    if len(labels) > MATRIX_CLASSES:
        text = f"The confusion matrix of {count(len(labels))} classes is in --json."
        return [Block(lines=(line(text),))]
    return [
        Block(
            confusion_title(name),
            header=("actual ↓  predicted →", *labels),
            rows=tuple(
                (label, *map(count, row)) for label, row in zip(labels, matrix, strict=True)
            ),
        )
        for name in SETS
        if (matrix := getattr(confusion, name)) is not None
    ]


# -- misclassified rows ---------------------------------------------------------------------------


def misclassified_blocks(record: RunRecord, state: RunState, brief: bool) -> Iterator[Block]:
    """The misclassified rows that were kept, those of the validation set first.

    Where `brief` the first ones, without the cells of their features.
    """
    result = state.result
    if not isinstance(result, Scored):
        return
    found = sorted(result.misclassified, key=lambda one: (TELLING.index(one.split), one.row))
    wrong = sum(_errors(getattr(result.confusion, name)) for name in SETS)
    if not found:
        text = f"{counted(wrong, 'row')} misclassified; none was kept." if wrong else (
            "No row of the evaluated sets was misclassified."
        )  # fmt: skip
        yield Block("Misclassified", lines=(line(text),))
        return
    names = () if brief else tuple(found[0].values)
    shown = found[:LISTED_ROWS] if brief else found
    labels = result.confusion.labels
    short = dict(zip(labels, shortened(labels, LABEL), strict=True))
    more = f", {count(len(shown))} of them listed" if len(shown) < wrong else ""
    yield Block(
        "Misclassified",
        lines=(
            line(
                f"{counted(wrong, 'row')} misclassified in all sets{more};"
                " the probability is that of the predicted class."
            ),
        ),
        header=("row", "set", "actual", "predicted", "probability", *names),
        rows=tuple(_row(one, names, short) for one in shown),
        left=4,
    )
    if len(shown) < len(found):
        command = f"penguin-tui export {record.id} --misclassified FILE.csv"
        yield Block(lines=(muted(f"All that were kept: {command}"),))


def _errors(matrix: Matrix | None) -> int:
    if matrix is None:
        return 0
    return sum(map(sum, matrix)) - sum(row[place] for place, row in enumerate(matrix))


def _row(one: Misclassified, names: tuple[str, ...], short: Mapping[str, str]) -> tuple[str, ...]:
    return (
        count(one.row),
        SETS[one.split],
        short[one.actual],
        short[one.predicted],
        percent(one.probability),
        *(cell_text(one.values.get(name)) for name in names),
    )


def cell_text(value: object) -> str:
    """A cell of the data beside what is said of its row."""
    if value is None:
        return "missing"
    return short(value) if isinstance(value, float) else clipped(str(value), LABEL)
