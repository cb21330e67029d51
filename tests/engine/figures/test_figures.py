"""Figures show what is stored, all of it, and can be told apart in grey."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.text import Text

from engine.figures.catalogue import drawings
from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import use
from engine.kinds import make_spec
from engine.runs.events import Event, Finished
from engine.runs.figures import COLUMNS
from engine.runs.state import RunState, fold
from engine.specs.kinds.about_run import AboutRun
from penguin_tui.charts.figure_palette import figure_palette
from tests.support.engine.fitted_runs import fitted
from tests.support.stored.curves import curve_events, curve_spec
from tests.support.stored.descriptions import described, penguins
from tests.support.stored.evaluations import evaluation_events, evaluation_spec
from tests.support.stored.leaks import leaks_events, leaks_spec
from tests.support.stored.probabilities import events_with_figures
from tests.support.stored.runs import MATRICES, baseline_events, train_events
from tests.support.stored.searches import RANDOM, search_events
from tests.support.stored.sweeps import SWEEP, sweep_events

HOSTILE = ["_hidden", "$x^2$", "\x1b[31mred", "=1+1", "long " * 30, "%s {} \\alpha", "a&b<c>"]


@pytest.fixture(autouse=True)
def style() -> Iterator[None]:
    """The workbench's palette, and no figure left behind."""
    with mpl.rc_context():
        mpl.use("agg")
        use(figure_palette())
        yield
    pyplot.close("all")


def stored(kind: str, fields: dict[str, Any], events: Sequence[Event]) -> StoredRun:
    return StoredRun(make_spec(kind, fields), fold(RunState(), events))


RUNS = {
    "describe": stored("describe", {}, [Finished(result=penguins())]),
    "baseline": stored("baseline", {}, baseline_events()),
    "train": stored("train", {"epochs": 20}, train_events(20, 20)),
    "sweep": stored("sweep", SWEEP, sweep_events()),
    "random_search": stored("random_search", RANDOM, search_events()),
    "evaluate": StoredRun(evaluation_spec(), fold(RunState(), evaluation_events())),
    "leaks": StoredRun(leaks_spec(), fold(RunState(), leaks_events())),
    "learning_curve": StoredRun(curve_spec(), fold(RunState(), curve_events())),
}
NAMES = {
    "describe": ["pair_plot", "histograms", "class_balance", "correlations"],
    "baseline": ["confusion", "coefficients"],
    "train": ["learning_curves", "learning_rate", "confusion"],
    "sweep": ["learning_curves", "confusion", "sweep"],
    "random_search": [
        "learning_curves", "confusion", "search_scatter", "parallel_coordinates",
        "hyperparameter_importance",
    ],
    "evaluate": ["models", "luck"],
    "learning_curve": ["accuracy_over_rows"],
    "leaks": ["leaks"],
}  # fmt: skip


def drawing(kind: str, name: str) -> Drawing:
    return next(one for one in drawings(RUNS[kind]) if one.name == name)


def texts(figure: Figure) -> list[str]:
    ticks = [t for axes in figure.axes for t in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    return [text.get_text() for text in (*figure.findobj(Text), *ticks)]


@pytest.mark.parametrize("kind", RUNS)
def test_each_kind_has_its_figures_and_all_are_drawn(kind: str, tmp_path: Path) -> None:
    found = drawings(RUNS[kind])
    assert [one.name for one in found] == NAMES[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        for one in found:
            one.draw(one.data).savefig(tmp_path / f"{one.name}.png")


def test_curves_have_every_epoch_as_stored() -> None:
    data = drawing("train", "learning_curves").data
    curve = RUNS["train"].state.curve
    assert list(data["epoch"]) == list(range(1, 21))
    for name in COLUMNS:
        assert list(data[name]) == list(curve.column(name))
    figure = drawing("train", "learning_curves").draw(data)
    drawn = {line.get_label(): list(line.get_ydata()) for line in figure.axes[0].lines}
    assert drawn["validation"] == list(curve.column("val_accuracy"))


def test_a_long_training_says_which_epochs_are_drawn() -> None:
    run = stored("train", {"epochs": 5000}, train_events(5000, 5000))
    one = drawings(run)[0]
    assert one.note == "Drawn of one epoch in 3."
    assert list(one.data["epoch"])[:3] == [1, 4, 7]


def test_confusion_matrices_are_the_stored_ones_validation_first() -> None:
    one = drawing("baseline", "confusion")
    assert list(dict.fromkeys(one.data["set"])) == ["validation", "test", "train"]
    for name, matrix in MATRICES.items():
        rows = one.data.loc[one.data["set"] == name, "rows"]
        assert list(rows) == [count for row in matrix for count in row]
    figure = one.draw(one.data)
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert shown == [f"{n:,}" for row in MATRICES["validation"] for n in row]


def test_distributions_count_every_row_that_has_a_value() -> None:
    one = drawing("describe", "histograms")
    counted = one.data.groupby("feature")["rows"].sum()
    assert counted["body_mass_g"] == 342
    assert counted["island"] == 344
    balance = drawing("describe", "class_balance")
    assert dict(zip(balance.data["class"], balance.data["rows"], strict=True)) == {
        "Adelie": 152, "Chinstrap": 68, "Gentoo": 124,
    }  # fmt: skip
    assert "68 (19.8 %)" in texts(balance.draw(balance.data))


def test_a_sample_and_a_choice_of_features_are_said() -> None:
    names = [f"x{i}" for i in range(14)]
    rows = [[str((i * k) % 17) for k in range(1, 15)] + ["ab"[i % 2]] for i in range(30)]
    result = described([*names, "y"], rows, "y", parts={"train": 30})
    result = result.model_copy(update={"rows": 900})
    one = drawings(StoredRun(make_spec("describe", {}), RunState(result=result)))[0]
    assert one.note == (
        "Drawn of the first 12 of 14 numeric features and 30 of 900 rows, each class in its share."
    )
    assert list(one.data.columns) == [*names[:12], "y"]


def test_a_sweep_shows_its_points_with_their_bands() -> None:
    one = drawing("sweep", "sweep")
    result = RUNS["sweep"].state.result
    validation = one.data[one.data["set"] == "validation"]
    assert list(validation["mean"]) == [p.validation.mean for p in result.points]
    assert list(validation["low"]) == [p.validation.low for p in result.points]


def test_every_scored_trial_of_a_search_is_a_point() -> None:
    one = drawing("random_search", "search_scatter")
    scored = [t for t in RUNS["random_search"].state.trials.values() if t.scores.get("validation")]
    assert list(one.data["trial"]) == [trial.number for trial in scored]
    assert set(RANDOM["vary"]) < set(one.data.columns)


def test_models_and_sizes_are_the_stored_ones() -> None:
    models = drawing("evaluate", "models").data
    for model in RUNS["evaluate"].state.result.models:
        own = models[models["model"] == model.model]
        assert tuple(own["accuracy"]) == model.scores
        assert own["mean"].iloc[0] == model.accuracy.mean
    result = RUNS["learning_curve"].state.result
    rows = drawing("learning_curve", "accuracy_over_rows").data
    for model in result.models:
        own = rows[(rows["model"] == model.model) & (rows["source"] == "measured")]
        assert list(own["mean"]) == [point.mean for point in model.points]


def test_classes_are_told_apart_without_colour() -> None:
    pairs = drawing("describe", "pair_plot")
    legend = pairs.draw(pairs.data).legends[0]
    assert len({line.get_marker() for line in legend.get_lines()} - {"", "None"}) == 3
    curves = drawing("train", "learning_curves").draw(drawing("train", "learning_curves").data)
    styles = [line.get_linestyle() for line in curves.axes[0].lines]
    assert len(set(styles)) == len(styles)


def test_any_name_is_shown_as_it_is_written() -> None:
    rows = [[str(i), str(i * i % 7), HOSTILE[i % len(HOSTILE)]] for i in range(70)]
    result = described([HOSTILE[1], HOSTILE[4], "y"], rows, "y", parts={"train": 70})
    run = StoredRun(make_spec("describe", {}), RunState(result=result))
    for one in drawings(run):
        figure = one.draw(one.data)
        figure.canvas.draw()
        shown = [text.replace("\n", "") for text in texts(figure)]
        if one.name != "correlations":
            for name in HOSTILE:
                plain = name.replace("\x1b", "\N{REPLACEMENT CHARACTER}")
                assert any(plain in text for text in shown), (one.name, name)


def test_probabilities_are_drawn_as_the_tab_has_them() -> None:
    run = stored("train", {"epochs": 20}, events_with_figures())
    found = {one.name: one for one in drawings(run)}
    figures = run.state.result.probabilities
    curves = found["probability_curves"].data
    for own in figures.classes:
        part = curves[(curves["class"] == own.label) & (curves["curve"] == "ROC")]
        assert list(zip(part["x"], part["y"], strict=True)) == list(own.roc)
        assert set(part["area"]) == {own.roc_auc}
    bins = found["reliability"].data
    assert list(bins["right"]) == [own.accuracy.value for own in figures.bins]
    assert list(bins["rows"]) == [own.rows for own in figures.bins]
    for name in ("probability_curves", "reliability"):
        found[name].draw(found[name].data).canvas.draw()


def test_importance_is_measured_on_what_the_run_has_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    kept = AboutRun(home=str(home), run=fitted(home))
    run = replace(RUNS["baseline"], kept=kept)
    one = next(one for one in drawings(run) if one.name == "importance")
    assert one.data["column"].iloc[0] == "bill_length_mm"
    assert (one.data["low"] < one.data["mean"]).all()
    assert "are correlated (0.88)" in one.note
    figure = one.draw(one.data)
    assert set(one.data["column"]) <= set(texts(figure))
    # without the network it says why it is not drawn
    reasons: list[str] = []
    without = replace(run, kept=AboutRun(home=str(home), run=2))
    assert "importance" not in [one.name for one in drawings(without, reasons.append)]
    assert reasons == ["importance: There is no run 2."]
