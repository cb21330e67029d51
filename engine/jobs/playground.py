"""Networks trained anew at a key press, and what they say of a plane through the features."""

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.environment.machine import usable_threads
from engine.environment.memory import release_when_short
from engine.errors import EngineError
from engine.jobs.play.networks import Trained, train_networks
from engine.jobs.play.plane import Plane, plane_of
from engine.jobs.play.play_rows import Numbers, PlayRows, play_rows
from engine.results.playground import PlaygroundAnswer, PlottedRows, Regions
from engine.results.prediction import RowPrediction
from engine.results.scores import ConfusionMatrix
from engine.results.search import Point
from engine.results.statistics import Band, accuracy_band
from engine.runs.reporter import Reporter
from engine.specs.kinds.playground import MOST_ROWS, PlaneView, PlaygroundQuestion
from engine.specs.network import count_parameters

# what a chart can show, and what a small answer has room for
MOST_POINTS, MOST_PLOTTED, MOST_CONFUSED = 100, 600, 20
# classes are told by a byte
MOST_CLASSES = 255


def run(question: PlaygroundQuestion, reporter: Reporter) -> PlaygroundAnswer:
    """Train the networks and look at them; raises `Stopped` when nobody waits any more."""
    rows = play_rows(question, reporter)
    trained = train_networks(question, rows, reporter)
    reporter.check()
    return look(question.view, rows, trained)


def look(view: PlaneView, rows: PlayRows, trained: Trained) -> PlaygroundAnswer:
    """What the networks have learnt, seen in the plane of the view."""
    if rows.sizes[1] > MOST_CLASSES:
        raise EngineError(f"Regions are shown of {MOST_CLASSES} classes at most.")
    seen = _seen(view, rows)
    plane = seen.plane
    said, predicted = trained.say(rows.x)
    [own], _ = trained.say(seen.base[None])
    held, used = ~rows.training, np.arange(len(rows.y)) < trained.rows_used
    right = predicted == rows.y
    return PlaygroundAnswer(
        labels=rows.preprocessor.classes,
        axes=plane.axes,
        choices=tuple(rows.numeric),
        regions=_regions(plane, trained, seen.distance),
        plotted=_plotted(plane, rows, said.argmax(axis=1) != rows.y),
        curve=_curve(trained, int(held.sum())),
        train=_accuracy(trained, right[:, used], fitted=True),
        validation=_accuracy(trained, right[:, held], fitted=False) if held.any() else None,
        confusion=_confusion(rows, said.argmax(axis=1)),
        row=_row(rows, seen, own),
        networks=len(trained.networks),
        diverged=trained.diverged,
        parameters=count_parameters(trained.networks[0].hidden, *rows.sizes),
        rows_used=trained.rows_used,
        rows_most=rows.train_rows,
        validation_rows=int(held.sum()),
        validation_set=rows.key,
        notes=rows.notes,
    )


def _cells(view: PlaneView, rows: PlayRows) -> dict[str, str]:
    """The row that the plane goes through, as typed."""
    if view.data_row is None:
        known = {name: cell for name, cell in view.cells.items() if name in rows.typed.features}
        return rows.typed.typical() | known
    if view.data_row > len(rows.y):
        raise EngineError(f"There are {len(rows.y):,} training and validation rows.")
    return rows.typed.data_row(view.data_row - 1)


@dataclass(frozen=True, eq=False)
class _Seen:
    """What a view shows whatever the networks say, so that it stays while settings change.

    The row that the plane goes through, as typed with what is wrong with it, and preprocessed; the
    plane, and the distance of its cells from the training rows.
    """

    cells: dict[str, str]
    problems: dict[str, str]
    base: Numbers
    plane: Plane
    distance: bytes


def _row(rows: PlayRows, seen: _Seen, said: npt.NDArray[np.float32]) -> RowPrediction:
    classes = rows.preprocessor.classes
    return RowPrediction(
        features=tuple(rows.typed.features.values()), cells=seen.cells, labels=classes,
        probabilities=tuple(map(float, said)), predicted=classes[int(said.argmax())], flags={},
        problems=seen.problems, counterfactual=None, data_rows=len(rows.y),
    )  # fmt: skip


_last: tuple[tuple[object, ...], _Seen] | None = None


def release() -> None:
    """Let go of the plane that was looked at last."""
    global _last
    _last = None


release_when_short(release)


def _seen(view: PlaneView, rows: PlayRows) -> _Seen:
    global _last
    # the same rows prepared in another way are other ones
    key = (rows, view.model_dump_json())
    known = _last
    if known is None or known[0] != key:
        cells = _cells(view, rows)
        frame, problems = rows.typed.frame(cells)
        base = np.asarray(rows.preprocessor.apply(frame))[0]
        plane = plane_of(rows, view, base)
        distance = plane.distances(rows.x[rows.training][:MOST_ROWS])
        known = _last = key, _Seen(cells, problems, base, plane, distance)
    return known[1]


def _regions(plane: Plane, trained: Trained, distance: bytes) -> Regions:
    threads = usable_threads()
    with ThreadPoolExecutor(threads, thread_name_prefix="regions") as pool:
        said = np.concatenate(
            [
                part
                for block in plane.blocks()
                for part in pool.map(
                    lambda own: trained.say(own)[0], np.array_split(block, threads)
                )
            ]
        )
    columns, rows = plane.grid
    return Regions(
        columns=columns, rows=rows, classes=_packed(said.argmax(axis=1)),
        certainty=_packed(255 * said.max(axis=1)), distance=b64encode(distance).decode(),
    )  # fmt: skip


def _packed(values: npt.NDArray[np.generic]) -> str:
    return b64encode(values.astype(np.uint8).tobytes()).decode()


def _plotted(plane: Plane, rows: PlayRows, wrong: npt.NDArray[np.bool_]) -> PlottedRows:
    """The rows in the plane that have both values; the training rows are in random order."""
    held = np.flatnonzero(~rows.training)[:MOST_PLOTTED]
    shown = np.concatenate([np.flatnonzero(rows.training)[:MOST_PLOTTED], held])
    shown = shown[np.isfinite(plane.places[shown]).all(axis=1)]
    x, y = plane.places[shown].T
    return PlottedRows(
        x=tuple(x.tolist()), y=tuple(y.tolist()), classes=tuple(rows.y[shown].tolist()),
        validation=tuple((~rows.training[shown]).tolist()), wrong=tuple(wrong[shown].tolist()),
    )  # fmt: skip


def _curve(trained: Trained, rows: int) -> tuple[Point, ...]:
    """Mean accuracies by epoch, of the trainings that have come so far.

    `rows` are those of the validation set, which may be none.
    """
    epochs = max(map(len, trained.curves))
    every = -(-epochs // MOST_POINTS)
    found = []
    for epoch in range(1, epochs + 1):
        if epoch % every == 0 or epoch in (1, epochs):
            own = [curve[epoch - 1] for curve in trained.curves if len(curve) >= epoch]
            validation = [f.val_accuracy for f in own]
            found.append(
                Point(
                    value=epoch,
                    train=accuracy_band([f.accuracy for f in own], None),
                    validation=accuracy_band(validation, rows) if rows else None,
                )
            )
    return tuple(found)


def _accuracy(trained: Trained, right: npt.NDArray[np.bool_], *, fitted: bool) -> Band:
    """The mean accuracy of the networks, which got the rows `right`: [networks, rows]."""
    band = accuracy_band(right.mean(axis=1).tolist(), None if fitted else right.shape[1])
    # bootstrap samples share rows: their spread is no standard error of a mean
    return band.without_bounds() if trained.by_votes else band


def _confusion(rows: PlayRows, predicted: npt.NDArray[np.int64]) -> ConfusionMatrix | None:
    classes = rows.sizes[1]
    if classes > MOST_CONFUSED:
        return None
    train, validation = (
        tuple(map(tuple, counts.reshape(classes, classes).tolist()))
        for own in (rows.training, ~rows.training)
        for counts in [np.bincount(classes * rows.y[own] + predicted[own], minlength=classes**2)]
    )
    return ConfusionMatrix(
        labels=rows.preprocessor.classes, train=train,
        validation=None if rows.training.all() else validation, test=None,
    )  # fmt: skip
