"""What the engine would answer to a question of the playground, without a network."""

from base64 import b64encode

from engine.results.playground import PlaneAxis, PlaygroundAnswer, PlottedRows, Regions
from engine.results.prediction import FeatureRange, RowPrediction
from engine.results.scores import ConfusionMatrix
from engine.results.search import Point
from engine.results.statistics import accuracy_band
from engine.specs.data import DataSpec
from engine.specs.kinds.playground import NETWORKS, FilmQuestion, PlaygroundQuestion
from engine.specs.network import NetworkSpec, count_parameters

LABELS = ("Adelie", "Chinstrap", "Gentoo")
COLUMNS = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


def answer_to(question: PlaygroundQuestion | FilmQuestion) -> PlaygroundAnswer:
    """Three bands of classes from left to right, certain in their middles, unknown at the bottom.

    The wider the network, the higher the accuracies.
    """
    if isinstance(question, FilmQuestion):
        played = PlaygroundQuestion(network=NetworkSpec(), data=DataSpec(), view=question.view)
        epochs = {"epoch": question.epoch or 20, "epochs": 20, "epoch_kept": 20}
        return answer_to(played).model_copy(update=epochs)
    view = question.view
    x, y = view.x or COLUMNS[2], view.y or COLUMNS[0]
    if question.toy is not None:
        x, y = "x", "y"
    units = sum(question.network.hidden_layers)
    accuracies = [0.9 + min(units, 200) / 2500 + seed / 200 for seed in range(3)]
    return PlaygroundAnswer(
        labels=LABELS,
        axes=(PlaneAxis(name=x, low=168.5, high=234.5), PlaneAxis(name=y, low=30.5, high=59.5)),
        choices=("x", "y") if question.toy is not None else COLUMNS,
        regions=_regions(view.columns, view.rows),
        plotted=PlottedRows(
            x=(175.0, 200.0, 225.0, 190.0, 210.0), y=(40.0, 45.0, 50.0, 55.0, 35.0),
            classes=(0, 1, 2, 0, 2), validation=(False, False, False, True, True),
            wrong=(False, False, False, True, False),
        ),
        curve=tuple(
            Point(
                value=epoch,
                train=accuracy_band([a * epoch / 20 for a in accuracies], None),
                validation=accuracy_band([a * epoch / 21 for a in accuracies], 69),
            )
            for epoch in range(1, 21)
        ),
        train=accuracy_band(accuracies, None),
        validation=accuracy_band(accuracies, 69),
        confusion=ConfusionMatrix(
            labels=LABELS, train=((88, 0, 0), (1, 40, 0), (0, 0, 77)),
            validation=((30, 0, 0), (1, 13, 0), (0, 0, 25)), test=None,
        ),
        row=RowPrediction(
            features=tuple(
                FeatureRange(name=name, type="numeric", typical="44.1", low="30", high="60", step=1)
                for name in COLUMNS
            ),
            cells=dict.fromkeys(COLUMNS, "44.1") | view.cells, labels=LABELS,
            probabilities=(0.82, 0.1, 0.08), predicted="Adelie", flags={}, problems={},
            counterfactual=None, data_rows=275,
        ),
        networks=NETWORKS[question.networks], diverged=0,
        parameters=count_parameters(question.network.hidden_layers, 9, 3),
        rows_used=question.rows_used or 206, rows_most=206,
        validation_rows=69, validation_set="of these rows",
    )  # fmt: skip


def _regions(columns: int, rows: int) -> Regions:
    classes = bytes(3 * x // columns for _ in range(rows) for x in range(columns))
    certainty = bytes(
        255 - 300 * abs(x * 3 % columns - columns // 2) // columns
        for _ in range(rows)
        for x in range(columns)
    )
    distance = bytes(min(255, 300 * y // rows) for y in range(rows) for _ in range(columns))
    packed = (b64encode(part).decode() for part in (classes, certainty, distance))
    return Regions(columns=columns, rows=rows, **dict(zip(
        ("classes", "certainty", "distance"), packed, strict=True)))  # fmt: skip
